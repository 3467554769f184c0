#include "orderd/store/taken_files.hpp"
#include "session.hpp"

namespace orderd::store {
namespace {

taken_file taken_file_in(const pqxx::row& r)
{
    taken_file file{{r[0].as<std::int64_t>()}, r[1].as<std::string>(), r[2].as<std::string>(""), {}};
    file.facts.size = r[3].as<std::uint64_t>(0);
    file.facts.written = r[4].as<std::int64_t>(0);
    file.facts.content_hash = r[5].as<std::string>("");
    return file;
}

}

std::vector<taken_file> recent_taken_files(session& s, const std::string& directory)
{
    std::vector<taken_file> out;
    for (const auto& r : s.ask(ORDERD_SQL(recent_taken_files), directory)) out.push_back(taken_file_in(r));
    return out;
}

std::optional<taken_file> keep_taken_file(session& s, const std::string& take_id, const std::string& kept_as)
{
    auto rows = s.ask(ORDERD_SQL(keep_taken_file), take_id, kept_as);
    if (rows.empty()) return std::nullopt;
    return taken_file_in(rows[0]);
}

void note_rewritten_file(session& s, batch_id batch, std::uint64_t size, std::int64_t written)
{
    s.ask(ORDERD_SQL(note_rewritten_file), batch.value, size, written);
}

}
