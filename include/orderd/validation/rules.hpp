#pragma once
#include "orderd/core/finding.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>

// Every rule that can reject or remark a row: one identifier, one place. Identifiers are promises to users (they stand
// in the configuration and in report.rejection) and are never renamed.
namespace orderd::validation {

struct rule {
    std::string_view id;
    severity level;            // unless [validation.severity] says otherwise
    bool adjustable;           // false where otherwise nothing is left to send, or not what the row says
    std::string_view fields;   // columns it may speak of, separated by spaces; "*": any, "": the whole row
    std::string_view orders;   // order types it applies to: "every", "start", "change, cancel" …
    std::string_view japanese; // {0} the field's Japanese name, {1} the value (masked when secret), {2}… more
    std::string_view english;  // {0} the field's name, the rest the same
    std::string_view source;   // in the provider's document, or why it is
    bool alone = false;        // the value is lost: that what is left breaks other rules too is not said
};

std::span<const rule> rules();
const rule* find_rule(std::string_view id);

/// The table for people, as Markdown.
std::string rules_document();

using severities = std::map<std::string, severity, std::less<>>; // what the configuration changes

/// Collects the findings of one row, as many as a person reads.
class reporter {
public:
    explicit reporter(const severities& changed) : changed_(changed) {}
    explicit reporter(severities&&) = delete; // it only looks at them
    /// Adds a finding about `field` with `value`; a rule switched off adds nothing.
    void add(std::string_view rule_id, column field, std::string_view value = {},
             std::initializer_list<std::string> more = {});
    /// The same about a whole row.
    void add_row(std::string_view rule_id, std::initializer_list<std::string> arguments = {});
    findings take() { return std::move(found_); }

private:
    severity level(std::string_view rule_id) const;
    bool full(severity of_next) const;
    const severities& changed_;
    findings found_;
};

}
