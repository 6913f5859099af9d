// VRouter
