#include "wrong_words.hpp"
#include "orderd/core/text.hpp"

#include <vector>

namespace orderd::cli {
namespace {

const CLI::Validator
    not_empty([](std::string& word) { return word.empty() ? std::string("it is empty; name one") : std::string(); },
              "");
const CLI::Validator utf8(
    [](std::string& word) {
        return valid_utf8(word) ? std::string()
                                : "\"" + printable(word, 100) + "\" is not written in UTF-8, so it names nothing here";
    },
    "");

/// The verb that was reached, and its words.
struct reached_verb {
    const CLI::App* app;
    std::string words;
};
reached_verb reached(const CLI::App& app)
{
    reached_verb at{&app, {}};
    while (!at.app->get_subcommands().empty()) {
        at.app = at.app->get_subcommands().front();
        at.words += (at.words.empty() ? "" : " ") + at.app->get_name();
    }
    return at;
}

std::vector<std::string> verbs_of(const CLI::App& app)
{
    std::vector<std::string> out;
    for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) out.push_back(sub->get_name());
    return out;
}

std::string did_you_mean(const std::string& word, const std::vector<std::string>& candidates)
{
    auto near = nearest(word, candidates);
    return near.empty() ? "" : "; did you mean \"" + near + "\"?";
}

std::string no_such_verb(const reached_verb& at, const std::string& word)
{
    auto verbs = verbs_of(*at.app);
    auto there_are = (at.words.empty() ? "The verbs are " : "`" + at.words + "` has ") + join(verbs, ", ");
    if (word.empty()) return (at.words.empty() ? "a verb is missing. " : "a word is missing. ") + there_are;
    auto whole = at.words + (at.words.empty() ? "" : " ") + word;
    auto near = did_you_mean(word, verbs);
    return "there is no verb \"" + whole + "\"" + (near.empty() ? ". " : near + " ") + there_are;
}

std::string not_taken(const reached_verb& at, std::string word)
{
    if (!word.starts_with('-')) return "`" + at.words + "` takes no word \"" + word + "\"";
    word = word.substr(0, word.find('='));
    std::vector<std::string> options;
    for (const auto* option : at.app->get_options())
        for (const auto& name : option->get_lnames()) options.push_back("--" + name);
    auto verb = at.words.empty() ? std::string("it") : "`" + at.words + "`";
    return verb + " has no option " + word + did_you_mean(word, options);
}

}

void refuse_unusable_words(CLI::App& app, const std::set<const CLI::Option*>& file_names)
{
    for (auto* option : app.get_options([](CLI::Option* o) { return o->get_items_expected_max() > 0; })) {
        if (!option->check_name("--why")) option->check(not_empty);
        if (!file_names.contains(option)) option->check(utf8);
    }
    for (auto* sub : app.get_subcommands([](CLI::App*) { return true; })) refuse_unusable_words(*sub, file_names);
}

std::string wrong_words(const CLI::App& app, const CLI::ParseError& error)
{
    auto at = reached(app);
    auto left = at.app->remaining();
    if (left.empty()) left = app.remaining(true);
    bool verb_wanted = !verbs_of(*at.app).empty();
    if (dynamic_cast<const CLI::RequiredError*>(&error) && verb_wanted) {
        for (const auto& word : left)
            if (!word.starts_with('-')) return no_such_verb(at, word);
        return left.empty() ? no_such_verb(at, "") : not_taken(at, left.front());
    }
    if (dynamic_cast<const CLI::ExtrasError*>(&error) && !left.empty()) return not_taken(at, left.front());
    return error.what();
}

}
