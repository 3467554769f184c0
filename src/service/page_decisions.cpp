#include "page_decisions.hpp"
#include "orderd/service/person_moves.hpp"
#include "orderd/store/approvals.hpp"
#include "resolve_page.hpp"

namespace orderd::service {
namespace {

std::optional<order_event> event_of(const std::string& verb)
{
    if (verb == "hold") return order_event::hold_asked;
    if (verb == "release") return order_event::release_asked;
    if (verb == "retry") return order_event::retry_asked;
    if (verb == "withdraw") return order_event::withdraw_asked;
    return std::nullopt;
}

/// The number that a path names as pages link it: 17, and not 017.
long linked_number(const std::string& word)
{
    auto number = number_in(word);
    return std::to_string(number) == word ? number : 0;
}

/// Consent to what the page showed of a batch, or no consent.
std::string decide_approval(store::session& s, const query_values& query, const std::string& batch, bool approve,
                            const std::string& person)
{
    store::approval_request request{batch, approve, person, "page", "", {}, {}};
    auto seen = [&](const char* name) {
        auto value = query.find(name);
        return value == query.end() ? std::nullopt : std::optional<long>(number_in(value->second));
    };
    request.orders_seen = seen("orders");
    request.first_year_seen = seen("first_year");
    if (auto shown = query.find("shown"); shown != query.end()) request.fingerprint_seen = shown->second;
    if (!request.orders_seen || !request.first_year_seen || !request.fingerprint_seen)
        return "what was seen is missing; look again, and use the page's button";
    auto outcome = store::decide_approval(s, request);
    return outcome.result == store::approval_result::done ? "" : outcome.japanese + " / " + outcome.english;
}

}

decision_outcome decide(store::session& s, const decision_target& at, const query_values& query,
                        const std::string& person)
{
    const auto& [kind, word, verb] = at;
    auto operator_name = person + " (status page)";
    if (kind == "batches" && (verb == "approve" || verb == "decline")) {
        store::batch_choice choice;
        choice.id = linked_number(word);
        auto found = store::batch_overviews(s, choice);
        if (choice.id == 0 || found.empty()) return {"there is no such batch", ""};
        return {decide_approval(s, query, found.front().name, verb == "approve", person), ""};
    }
    if (kind == "batches" && (verb == "pause" || verb == "resume")) {
        store::batch_choice choice;
        choice.id = linked_number(word);
        auto found = store::batch_overviews(s, choice);
        if (choice.id == 0 || found.empty()) return {"there is no such batch", ""};
        verb == "pause" ? pause_batch(s, found.front().name, operator_name)
                        : resume_batch(s, found.front().name, operator_name);
        return {};
    }
    auto event = event_of(verb);
    auto order = kind == "order" ? store::find_order(s, order_id{linked_number(word)}) : std::nullopt;
    if (order && verb == "resolve") return resolve_on_page(s, *order, query, operator_name);
    if (!event || !order) return {"there is no such order, or no such decision", ""};
    auto outcome = move_order(s, *order, *event, {operator_name, "on the status page"});
    store::wake_submission(s);
    return {outcome.moved ? "" : outcome.words, ""};
}

}
