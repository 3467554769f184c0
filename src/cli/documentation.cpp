#include "documentation.hpp"
#include "example_configuration.hpp"
#include "orderd/core/order_state.hpp"
#include "orderd/core/text.hpp"
#include "orderd/service/configuration.hpp"

#include <algorithm>
#include <functional>
#include <vector>

namespace orderd::cli {
namespace {

/// Text for troff: backslashes, hyphens and leading dots mean themselves.
std::string roff(const std::string& text)
{
    std::string out;
    for (char c : text) {
        if (c == '\\')
            out += "\\e";
        else if (c == '-')
            out += "\\-";
        else
            out += c;
    }
    if (!out.empty() && (out[0] == '.' || out[0] == '\'')) out.insert(0, "\\&");
    return out;
}

std::string title(const char* name, const char* section, const char* what)
{
    return std::string(".TH ") + name + " " + section + " \"\" \"ipoe-orderd " ORDERD_VERSION "\" \"" + what + "\"\n";
}

struct one_verb {
    std::string words; // "orders list"
    const CLI::App* app;
};

/// Every verb that does something, in the order in which --help tells them.
std::vector<one_verb> verbs(const CLI::App& app)
{
    std::vector<one_verb> out;
    std::function<void(const CLI::App*, const std::string&)> walk = [&](const CLI::App* at, const std::string& words) {
        auto below = at->get_subcommands([](const CLI::App*) { return true; });
        if (below.empty()) out.push_back({words, at});
        for (const auto* sub : below) walk(sub, words + (words.empty() ? "" : " ") + sub->get_name());
    };
    walk(&app, "");
    return out;
}

bool help(const CLI::Option* option) { return option->check_name("--help"); }

std::string usage_of(const one_verb& verb)
{
    std::string out = "ipoe-orderd " + verb.words;
    for (const auto* o : verb.app->get_options())
        if (o->get_positional()) out += " " + o->get_name(true) + (o->get_items_expected_max() > 1 ? "..." : "");
    return out;
}

std::string manual(const CLI::App& app)
{
    std::string out = title("IPOE-ORDERD", "8", "System administration");
    out += ".SH NAME\nipoe-orderd \\- " + roff("orders sites in bulk from a provider's IPoE API, each exactly once") +
           "\n";
    out += ".SH SYNOPSIS\n.B ipoe-orderd\n.I VERB\n[options]\n.SH DESCRIPTION\n" + roff(app.get_description()) +
           "\n.PP\nThe daemon is\n.BR \"ipoe-orderd run\" ;\nthe other verbs look at what it does and decide about "
           "orders. "
           "Its configuration is described in\n.BR orderd.toml (5).\n.SH VERBS\n";
    for (const auto& verb : verbs(app)) {
        out += ".TP\n.B " + roff(usage_of(verb)) + "\n" + roff(verb.app->get_description()) + "\n";
        for (const auto* o : verb.app->get_options()) {
            if (help(o) || o->get_description().empty()) continue;
            out += ".RS\n.TP\n.B " + roff(o->get_name(o->get_positional())) + "\n" + roff(o->get_description()) +
                   "\n.RE\n";
        }
    }
    out +=
        ".SH EXIT STATUS\n.TP\n.B 0\nall well\n.TP\n.B 1\nsome rows were rejected, or orders failed\n.TP\n.B 2\nusage "
        "or "
        "configuration\n.TP\n.B 3\nthe database or the API cannot be reached\n.TP\n.B 4\na defect\n"
        ".SH ENVIRONMENT\n.TP\n.B ORDERD_CONFIG\nthe configuration file\n.TP\n.B ORDERD_DATABASE_URL\ngoes before "
        "database.url\n.TP\n.B ORDERD_CLIENT_SECRET\nthe client secret, where no file and no systemd credential gives "
        "it\n.TP\n.B NO_COLOR\nno colours on a terminal\n"
        ".SH SIGNALS\n.TP\n.B SIGTERM\nwhat is on the wire comes home and is recorded, then the daemon ends\n.TP\n.B "
        "SIGHUP\nreads the configuration again; a file with an error changes nothing\n"
        ".SH FILES\n.TP\n.I /etc/ipoe\\-orderd/orderd.toml\nthe configuration\n.TP\n.I "
        "/var/lib/ipoe\\-orderd/drop\nthe "
        "drop directory\n.SH SEE ALSO\n.BR orderd.toml (5),\n.BR journalctl (1)\n";
    return out;
}

/// The example configuration as a manual: comments above a key, and beside it, explain it.
std::string configuration_manual()
{
    std::string out = title("ORDERD.TOML", "5", "File formats");
    out +=
        ".SH NAME\norderd.toml \\- configuration of ipoe\\-orderd\n.SH DESCRIPTION\nTOML. Durations are texts such as "
        "\"500ms\", \"30s\", \"5m\", \"6h\" or \"2d\". An unknown key, a wrong type or an impossible value is an error "
        "with file, line and the nearest key that exists.\n.PP\nKeys marked with * take effect with\n.BR \"systemctl "
        "reload\" ;\nthe others with a restart.\n";
    std::string table, above;
    for (const auto& line : split(std::string(example_configuration), '\n')) {
        auto text = trimmed(line);
        auto equals = text.find(" = ");
        if (text.starts_with("[")) {
            table = text.substr(1, text.find(']') - 1);
            out += ".SH [" + roff(table) + "]\n" + (above.empty() ? "" : roff(above) + "\n");
            above.clear();
        } else if (text.starts_with("# ") && equals == text.npos) {
            above += (above.empty() ? "" : " ") + text.substr(2);
        } else if (!text.starts_with("#") && equals != text.npos && !table.empty()) {
            auto key = text.substr(0, equals), rest = text.substr(equals + 3);
            auto hash = rest.find(" # ");
            auto value = trimmed(rest.substr(0, hash)),
                 beside = hash == rest.npos ? "" : trimmed(rest.substr(hash + 3));
            bool live = service::applied_at_run_time(table + "." + key);
            out += ".TP\n.B " + roff(key) + (live ? " *" : "") + "\n" + roff(above) + (above.empty() ? "" : " ") +
                   roff(beside) + "\n.br\nDefault: " + roff(value) + "\n";
            above.clear();
        } else
            above.clear();
    }
    return out + ".SH SEE ALSO\n.BR ipoe\\-orderd (8)\n";
}

std::vector<std::string> long_options(const CLI::App& app)
{
    std::vector<std::string> out;
    for (const auto* o : app.get_options())
        for (const auto& name : o->get_lnames()) out.push_back("--" + name);
    return out;
}

/// Words that may follow what was typed, by the verb's words: the heart of every completion.
std::vector<std::pair<std::string, std::string>> words_after(const CLI::App& app)
{
    std::vector<std::pair<std::string, std::string>> out;
    std::function<void(const CLI::App*, const std::string&)> walk = [&](const CLI::App* at, const std::string& words) {
        std::vector<std::string> next;
        for (const auto* sub : at->get_subcommands([](const CLI::App*) { return true; })) {
            next.push_back(sub->get_name());
            walk(sub, words + (words.empty() ? "" : " ") + sub->get_name());
        }
        for (auto& option : long_options(*at)) next.push_back(std::move(option));
        out.emplace_back(words, join(next, " "));
    };
    walk(&app, "");
    std::sort(out.begin(), out.end());
    return out;
}

std::string bash_completion(const CLI::App& app)
{
    std::string out =
        "# bash completion for ipoe-orderd\n_ipoe_orderd()\n{\n    local cur=${COMP_WORDS[COMP_CWORD]} words=\"\" i\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n        [[ ${COMP_WORDS[i]} == -* ]] && break\n"
        "        words+=\"${words:+ }${COMP_WORDS[i]}\"\n    done\n"
        "    case ${COMP_WORDS[COMP_CWORD-1]} in\n"
        "        --config|--output) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"
        "        --batch) COMPREPLY=($(compgen -W \"$(ipoe-orderd batches list --json 2>/dev/null | grep -o "
        "'\"batch\":\"[^\"]*' | cut -d'\"' -f4)\" -- \"$cur\")); return ;;\n"
        "        --state) COMPREPLY=($(compgen -W \"";
    for (int state = 0; state <= static_cast<int>(order_state::withdrawn); ++state)
        out += (state ? " " : "") + std::string(name(static_cast<order_state>(state)));
    out += "\" -- \"$cur\")); return ;;\n    esac\n    local next=\"\"\n    case $words in\n";
    for (const auto& [words, next] : words_after(app)) out += "        \"" + words + "\") next=\"" + next + "\" ;;\n";
    return out +
           "        import*) COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n    esac\n"
           "    COMPREPLY=($(compgen -W \"$next\" -- \"$cur\"))\n}\ncomplete -o default -F _ipoe_orderd ipoe-orderd\n";
}

std::string zsh_completion(const CLI::App& app)
{
    std::string out = "#compdef ipoe-orderd\n# zsh completion for ipoe-orderd\nlocal -a typed\nlocal word\n"
                      "for word in ${words[2,CURRENT-1]}; do\n  [[ $word == -* ]] && break\n  typed+=$word\ndone\n"
                      "case \"${typed[*]}\" in\n";
    for (const auto& [words, next] : words_after(app)) out += "  \"" + words + "\") compadd -- " + next + " ;;\n";
    return out + "  *) _files ;;\nesac\n";
}

std::string quoted_for_fish(const std::string& text)
{
    std::string out = "'";
    for (char c : text) out += c == '\'' || c == '\\' ? std::string("\\") + c : std::string(1, c);
    return out + "'";
}

std::string fish_completion(const CLI::App& app)
{
    std::string out = "# fish completion for ipoe-orderd\ncomplete -c ipoe-orderd -f\n";
    for (const auto* sub : app.get_subcommands([](const CLI::App*) { return true; })) {
        out += "complete -c ipoe-orderd -n __fish_use_subcommand -a " + sub->get_name() + " -d " +
               quoted_for_fish(sub->get_description()) + "\n";
        for (const auto* below : sub->get_subcommands([](const CLI::App*) { return true; }))
            out += "complete -c ipoe-orderd -n '__fish_seen_subcommand_from " + sub->get_name() + "' -a " +
                   below->get_name() + " -d " + quoted_for_fish(below->get_description()) + "\n";
    }
    for (const auto& verb : verbs(app)) {
        auto last = verb.words.substr(verb.words.rfind(' ') + 1);
        for (const auto* o : verb.app->get_options())
            for (const auto& name : o->get_lnames())
                out += "complete -c ipoe-orderd -n '__fish_seen_subcommand_from " + last + "' -l " + name + " -d " +
                       quoted_for_fish(o->get_description()) + "\n";
    }
    return out;
}

}

std::string documentation(const std::string& what, const CLI::App& app)
{
    if (what == "ipoe-orderd.8") return manual(app);
    if (what == "orderd.toml.5") return configuration_manual();
    if (what == "bash") return bash_completion(app);
    if (what == "zsh") return zsh_completion(app);
    if (what == "fish") return fish_completion(app);
    return std::string(example_configuration);
}

}
