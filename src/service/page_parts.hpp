#pragma once
#include "orderd/core/order_state.hpp"
#include "orderd/store/overview.hpp"

#include <string>
#include <string_view>
#include <vector>

// The parts that the status page's HTML is made of. Whatever comes from rows or the provider goes through `escaped`.
namespace orderd::service {

/// Who looks: the language, and whether buttons are shown.
struct viewer {
    bool japanese = false;
    bool may_decide = false;
    /// The words in the viewer's language.
    std::string_view operator()(std::string_view ja, std::string_view en) const { return japanese ? ja : en; }
};

std::string escaped(std::string_view);
/// For a path or query: percent-encoded, everything but letters, digits and -._~.
std::string url_part(std::string_view);
std::string link(const std::string& href, std::string_view text);

/// A whole page. `refreshing`: the script asks for it again every few seconds.
std::string document(const viewer&, std::string_view title, const std::string& main, bool refreshing);

std::string state_word(const viewer&, order_state); // a coloured label
/// A bar of what ended well, ended otherwise, is in progress and waits.
std::string progress_bar_of(const viewer&, const store::counts&);
/// Rows of cells that are HTML already; the first row is the head. Cells whose head begins with '#' are figures.
std::string html_table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows);
/// One button that posts; "" for who may not decide.
std::string button(const viewer&, const std::string& action, std::string_view text, std::string_view question);

/// How the orders of a batch stood over time, as a stacked area chart (inline SVG) with a text for who does not see it.
std::string progress_chart(const viewer&, std::vector<store::progress_point>);
/// Orders answered a minute over the last hour, as bars.
std::string throughput_chart(const viewer&, const std::vector<store::throughput>&, std::int64_t now);

extern const std::string_view page_style, page_script;

}
