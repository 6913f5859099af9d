// libkmod, as Swift sees it.
#pragma once
#include <libkmod.h>
