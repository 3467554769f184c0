#include "orderd/simulator/simulator.hpp"

#include <boost/json.hpp>
#include <stdexcept>
#include <toml++/toml.h>

namespace orderd::simulator {
namespace {

json::value to_json(const toml::node& node)
{
    if (auto* table = node.as_table()) {
        json::object out;
        for (const auto& [key, value] : *table) out[std::string(key.str())] = to_json(value);
        return out;
    }
    if (auto* array = node.as_array()) {
        json::array out;
        for (const auto& value : *array) out.push_back(to_json(value));
        return out;
    }
    if (auto* text = node.as_string()) return json::string(text->get());
    if (auto* number = node.as_integer()) return number->get();
    if (auto* number = node.as_floating_point()) return number->get();
    if (auto* flag = node.as_boolean()) return flag->get();
    throw std::runtime_error("a date cannot be a setting");
}

}

options read_options(const std::string& file, options given)
{
    toml::table read;
    try {
        read = toml::parse_file(file);
    } catch (const toml::parse_error& e) {
        throw std::runtime_error(file + ", line " + std::to_string(e.source().begin.line) + ": " +
                                 std::string(e.description()));
    }
    for (const auto& [key, value] : read) {
        std::string name(key.str());
        if (name == "settings" && value.is_table()) {
            given.settings = to_json(value).as_object();
            continue;
        }
        std::string* target = name == "listen"             ? &given.listen
                              : name == "control"          ? &given.control
                              : name == "certificate_file" ? &given.certificate_file
                              : name == "private_key_file" ? &given.private_key_file
                                                           : nullptr;
        if (!target || !value.is_string())
            throw std::runtime_error(
                file + ", line " + std::to_string(value.source().begin.line) + ": \"" + name +
                "\" is not known here; there are listen, control, certificate_file, private_key_file (texts) "
                "and the table [settings]");
        *target = value.as_string()->get();
    }
    return given;
}

}
