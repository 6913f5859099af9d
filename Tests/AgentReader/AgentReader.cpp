#include "AgentReader.h"

#include <cstring>
#include <exception>
#include <sstream>
#include <string>

#include <boost/program_options.hpp>
#include <boost/property_tree/ini_parser.hpp>
#include <boost/property_tree/ptree.hpp>

namespace options = boost::program_options;
namespace tree = boost::property_tree;

char *agent_reader_options(
    const char *text, const char *const *registered, size_t count, agent_reader_entry entry, void *context) {
  try {
    options::options_description known;
    for (size_t index = 0; index < count; ++index)
      known.add_options()(registered[index], options::value<std::string>(), "");
    std::istringstream stream(text);
    const auto parsed = options::parse_config_file(stream, known, true);
    options::variables_map values;
    // Refuses a registered key that was given twice.
    options::store(parsed, values);
    options::notify(values);
    for (const auto &value : values)
      entry(context, value.first.c_str(), value.second.as<std::string>().c_str(), 1);
    for (const auto &option : parsed.options) {
      if (!option.unregistered) continue;
      entry(context, option.string_key.c_str(), option.value.empty() ? "" : option.value[0].c_str(), 0);
    }
    return nullptr;
  } catch (const std::exception &error) {
    return strdup(error.what());
  }
}

char *agent_reader_tree(const char *text, agent_reader_entry entry, void *context) {
  try {
    std::istringstream stream(text);
    tree::ptree sections;
    tree::read_ini(stream, sections);
    for (const auto &section : sections) {
      entry(context, (section.first + ".").c_str(), "", 0);
      for (const auto &key : section.second)
        entry(context, (section.first + "." + key.first).c_str(), key.second.data().c_str(), 0);
    }
    return nullptr;
  } catch (const std::exception &error) {
    return strdup(error.what());
  }
}
