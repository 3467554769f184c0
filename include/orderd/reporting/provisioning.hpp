#pragma once
#include "orderd/store/exports.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// What a site's router needs, put into a template of the user's: {{globalIp}} is replaced by the site's value.
namespace orderd::reporting {

/// Something is wrong with a template: what, in which line.
struct template_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// A template, taken apart.
class site_template {
public:
    /// How values are written: in a .csv cell, inside quotation marks of a .json text, or as they are.
    enum class escaping { none, csv, json };
    site_template(std::string_view text, escaping);
    static escaping escaping_of(const std::string& file_name);

    /// Throws template_error when the site has no such value, with the names that it has; a name that ends in "?" may
    /// be missing. A value with a line break does not fit where nothing is escaped.
    std::string filled(const store::provisioning_site&) const;

private:
    struct piece {
        std::string text;  // as it is, or
        std::string value; // the name of a value
        int line = 0;
        bool optional = false;
    };
    std::vector<piece> pieces_;
    escaping escaping_;
};

/// A file's name made from "routers/{{customer_site_code}}.cfg": values lose what is not a letter, digit, '.', '-' or
/// '_'.
std::string file_name_of(const std::string& pattern, const store::provisioning_site&);

}
