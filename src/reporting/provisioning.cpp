#include "orderd/reporting/provisioning.hpp"
#include "orderd/core/csv_line.hpp"
#include "orderd/core/shown.hpp"
#include "orderd/core/text.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace orderd::reporting {
namespace {

std::string names_of(const store::provisioning_site& site)
{
    std::string names;
    for (const auto& [name, value] : site.values) names += (names.empty() ? "" : ", ") + name;
    return names;
}

std::string csv_cell(const std::string& value)
{
    auto line = csv_line({shown_lines(value)}, ',');
    return line.substr(0, line.size() - 2);
}

std::string json_text(const std::string& value)
{
    auto quoted = shown_json(boost::json::serialize(boost::json::string(value)));
    return quoted.substr(1, quoted.size() - 2);
}

}

site_template::site_template(std::string_view text, escaping how) : escaping_(how)
{
    int line = 1;
    auto count = [&](std::string_view part) { line += static_cast<int>(std::count(part.begin(), part.end(), '\n')); };
    while (true) {
        auto open = text.find("{{");
        if (open != 0 && !text.empty()) pieces_.push_back({std::string(text.substr(0, open)), "", line, false});
        if (open == text.npos) break;
        count(text.substr(0, open));
        auto close = text.find("}}", open);
        if (close == text.npos) throw template_error("line " + std::to_string(line) + ": {{ has no }}");
        auto name = trimmed(text.substr(open + 2, close - open - 2));
        bool optional = name.ends_with('?');
        if (optional) name.pop_back();
        if (name.empty()) throw template_error("line " + std::to_string(line) + ": {{}} names no value");
        pieces_.push_back({"", name, line, optional});
        text.remove_prefix(close + 2);
    }
}

site_template::escaping site_template::escaping_of(const std::string& file_name)
{
    return file_name.ends_with(".json") ? escaping::json : file_name.ends_with(".csv") ? escaping::csv : escaping::none;
}

std::string site_template::filled(const store::provisioning_site& site) const
{
    std::string out;
    for (const auto& part : pieces_) {
        if (part.value.empty()) {
            out += part.text;
            continue;
        }
        auto at = site.values.find(part.value);
        auto where = "line " + std::to_string(part.line) + ": site " + site.code;
        if (at == site.values.end()) {
            const auto& sealed = site.sealed_otherwise;
            if (std::find(sealed.begin(), sealed.end(), part.value) != sealed.end())
                throw template_error(
                    where + ": " + part.value +
                    " is sealed with a key that is not here; have the provider tell it again with `sites sync " +
                    site.code + "`");
            if (part.optional) continue;
            throw template_error(where + " has no value \"" + part.value + "\" (write {{" + part.value +
                                 "?}} where it may be missing); it has " + names_of(site));
        }
        const auto& value = at->second;
        if (escaping_ == escaping::none && value.find_first_of("\r\n") != value.npos)
            throw template_error(where + ": the value of " + part.value + " has a line break");
        if (escaping_ == escaping::none && shown(value) != value)
            throw template_error(where + ": the value of " + part.value + " has a control character: " + shown(value));
        out += escaping_ == escaping::csv ? csv_cell(value) : escaping_ == escaping::json ? json_text(value) : value;
    }
    return out;
}

std::string file_name_of(const std::string& pattern, const store::provisioning_site& site)
{
    auto tame = site;
    for (auto& [name, value] : tame.values) {
        value = shown(value);
        for (auto& c : value) {
            auto u = static_cast<unsigned char>(c);
            bool good = (u < 128 && std::isalnum(u)) || c == '.' || c == '-' || c == '_' || u >= 128;
            if (!good) c = '_';
        }
        if (value.starts_with('.')) value[0] = '_'; // neither hidden, nor the directory above
    }
    return site_template(pattern, site_template::escaping::none).filled(tame);
}

}
