#include "session.hpp"

#include <algorithm>
#include <regex>

namespace orderd::store {
namespace {

/// Limits on waiting for a server that does not answer, unless the URL sets its own. Without them a dead host would
/// hold a connection for as long as TCP does, a quarter of an hour.
std::string with_limits(const std::string& url)
{
    static constexpr std::pair<std::string_view, std::string_view> limits[] = {
        {"connect_timeout", "10"}, {"keepalives_idle", "30"},     {"keepalives_interval", "10"},
        {"keepalives_count", "3"}, {"tcp_user_timeout", "30000"}, {"application_name", "ipoe-orderd"}};
    bool uri = url.find("://") != url.npos;
    std::string out = url;
    for (auto [name, value] : limits) {
        if (out.find(std::string(name) + "=") != out.npos) continue;
        out += uri ? (out.find('?') == out.npos ? "?" : "&") : " ";
        out += std::string(name) + "=" + std::string(value);
    }
    return out;
}

/// What a person can do about a server that takes no more sessions; "" for other words.
std::string remedy_of(std::string_view words)
{
    for (std::string_view full : {"too many connections", "too many clients", "connection slots are reserved"})
        if (words.find(full) != words.npos)
            return "; raise max_connections of the server, or the CONNECTION LIMIT of the login or database, or lower "
                   "database.connections";
    return "";
}

}

std::string without_password(const std::string& url)
{
    static const std::regex in_uri("(://[^:/@]*):[^@]*@"), in_words("password *= *('[^']*'|[^ &]*)");
    return std::regex_replace(std::regex_replace(url, in_uri, "$1:***@"), in_words, "password=***");
}

/// Hands on what libpq would write to standard error, past the log.
class session::notices final : public pqxx::errorhandler {
public:
    notices(pqxx::connection_base& of, std::function<void(std::string_view)> to) : errorhandler(of), to_(std::move(to))
    {
    }
    bool operator()(const char words[]) noexcept override
    {
        try {
            to_(words);
        } catch (const std::exception&) { // a notice is no reason for anything
        }
        return false; // to nobody else
    }

private:
    std::function<void(std::string_view)> to_;
};

session::~session() = default;

session::session(const std::string& url, planning plans, std::function<void(std::string_view)> on_notice)
{
    try {
        connection_ = std::make_unique<pqxx::connection>(with_limits(url));
        if (on_notice) notices_ = std::make_unique<notices>(*connection_, std::move(on_notice));
        pqxx::nontransaction set(*connection_);
        set.exec("set statement_timeout to 0"); // first: the role may have one that nothing here keeps
        // Whatever the database, the role or the environment say.
        set.exec("set client_encoding to 'UTF8'; set standard_conforming_strings to on; set bytea_output to hex; "
                 "set datestyle to 'ISO, YMD'; set intervalstyle to 'postgres'; set extra_float_digits to 1");
        // Compiling a plan never pays here, and a switched-off kind of plan looks dear enough to be compiled.
        // The server, too, gives up on a machine that vanished: within a minute instead of two hours, in which it would
        // keep the locks of what was under way.
        set.exec("set time zone 'Asia/Tokyo'; set client_min_messages to warning; set jit to off; "
                 "set tcp_keepalives_idle to 30; set tcp_keepalives_interval to 10; set tcp_keepalives_count to 3; "
                 "set tcp_user_timeout to 30000");
        if (plans == planning::by_index)
            set.exec("set enable_seqscan to off; set enable_bitmapscan to off; set enable_sort to off; "
                     "set enable_hashjoin to off; set enable_mergejoin to off; set enable_material to off");
    } catch (const pqxx::failure& e) {
        auto words = first_line(e.what());
        throw unavailable(words + remedy_of(words));
    }
}

int session::rows_for_next_piece(const pqxx::result& piece)
{
    constexpr std::size_t piece_size = 512u << 10, most_rows = 2'000;
    std::size_t bytes = 1;
    for (const auto& row : piece)
        for (const auto& value : row) bytes += value.size();
    auto rows = piece_size * static_cast<std::size_t>(piece.size()) / bytes;
    // Larger ones may follow.
    auto twice = 2 * static_cast<std::size_t>(piece.size());
    return static_cast<int>(std::max<std::size_t>(1, std::min({rows, twice, most_rows})));
}

std::string session::first_line(std::string_view text)
{
    auto end = text.find('\n');
    std::string line(text.substr(0, end));
    if (line.starts_with("ERROR:")) line.erase(0, line.find_first_not_of(' ', 6));
    if (line == "canceling statement due to lock timeout")
        return "another session holds a lock that this waited for; the log and `ipoe-orderd check` tell which";
    // What libpqxx says when it finds the connection gone in the midst of its own work.
    if (line.starts_with("Could not obtain client encoding")) return "the connection was lost";
    return line;
}

bool session::in_function(std::string_view text)
{
    // The innermost comes first. Functions of this program stand in schemas that nobody's search path names.
    static const std::regex innermost("\n[^\n]*(PL/|SQL function)[^\n]*"), ours("\\b(orderd|intake|report)\\.\\w+\\(");
    std::cmatch line;
    if (!std::regex_search(text.data(), text.data() + text.size(), line, innermost)) return false;
    return !std::regex_search(line[0].first, line[0].second, ours);
}

bool session::gone(const std::string& sqlstate)
{
    if (sqlstate == took_too_long) return false;
    // Not the statement's fault, so it may be repeated: 08 connection, 40 rolled back, 53 out of resources (disk,
    // memory, connections), 57 cancelled or shutting down, 58 system error, 25006 a standby, 26000 and 42P05 a pooler
    // has put another server behind this connection, which does not have what was prepared here, or has it already.
    for (std::string_view of_the_moment : {"08", "40", "53", "57", "58", "25006", "26000", "42P05"})
        if (sqlstate.starts_with(of_the_moment)) return true;
    return false;
}

void probe_indexes(pqxx::transaction_base& tx)
{
    tx.exec("set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off");
}

statement_failed failure_of(const pqxx::sql_error& e)
{
    auto words = session::first_line(e.what());
    if (e.sqlstate() == took_too_long)
        words += ": a trigger or rule that somebody put on the table may hold it up; see pg_trigger, and "
                 "pg_stat_activity while it is tried";
    return statement_failed(words, e.sqlstate(), session::in_function(e.what()));
}

void statements_take_at_most(pqxx::transaction_base& tx, std::chrono::milliseconds limit)
{
    tx.exec("set local statement_timeout to " + std::to_string(limit.count()));
}

void session::bound(const statement_bounds& by)
{
    guarded([&] {
        pqxx::nontransaction set(*connection_);
        return set.exec("set lock_timeout to " + std::to_string(by.lock_wait.count()) + "; set statement_timeout to " +
                        std::to_string(by.time.count()));
    });
    bounds_ = by;
}

in_haste::in_haste(session& s) : session_(s), usual_(s.bounds())
{
    using namespace std::chrono_literals;
    session_.bound({500ms, 1'500ms}); // the wait for a lock is the shorter one: it tells what it waits for
}

in_haste::~in_haste()
{
    if (session_.broken()) return;
    try {
        session_.bound(usual_);
    } catch (const std::exception&) { // the session is broken now, and used no more
    }
}

std::shared_ptr<session> open_session(const std::string& url, planning plans)
{
    return std::make_shared<session>(url, plans);
}

}
