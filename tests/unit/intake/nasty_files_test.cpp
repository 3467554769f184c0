#include "orderd/core/text.hpp"
#include "orderd/intake/file_intake.hpp"
#include "unit/files.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>

// tests/intake/files: files as people really make them, byte by byte, each with what is to be said about it:
//   unreadable WORDS                              why the file cannot be read as rows
//   encoding NAME
//   accepted N rejected N duplicate N
//   note WORDS                                    to its author
//   ROW RULE COLUMN                               a finding; all of them, in the order of the rows
using namespace orderd;

namespace {

const utc_time today = tokyo_time(*parse_yyyymmdd("20261124"));

std::string what_is_said(const std::string& path, std::string& notes)
{
    intake::judge_settings judging;
    judging.customer_code = "A10000105";
    std::vector<std::string> found;
    auto tried = intake::try_file(nullptr, path, {}, judging, today, [&](const store::intake_record& row) {
        for (const auto& f : row.found)
            found.push_back(std::string(trimmed(std::to_string(row.source_row) + " " + f.rule + " " + f.field)));
    });
    if (auto* failed = std::get_if<intake::unreadable_file>(&tried)) {
        notes = join(failed->reasons, "\n");
        return "unreadable";
    }
    const auto& seen = std::get<intake::dry_run>(tried);
    notes = join(seen.notes, "\n");
    std::string out = "encoding " + seen.encoding + "\naccepted " + std::to_string(seen.accepted) + " rejected " +
                      std::to_string(seen.rejected) + " duplicate " + std::to_string(seen.duplicate);
    for (const auto& line : found) out += "\n" + line;
    return out;
}

}

TEST_CASE("files as people really make them are read, and what is wrong with them is said")
{
    namespace fs = std::filesystem;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(std::string(ORDERD_SOURCE_DIR) + "/tests/intake/files"))
        if (entry.path().extension() != ".expected") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    REQUIRE(files.size() >= 40);
    for (const auto& file : files) {
        INFO(file.filename().string());
        std::string notes;
        auto said = what_is_said(file.string(), notes);
        INFO(printable(notes, 2'000));
        std::vector<std::string> expected;
        for (const auto& line :
             split(trimmed(tests::source_file("tests/intake/files/" + file.filename().string() + ".expected")), '\n')) {
            auto words = line.substr(line.find(' ') + 1);
            bool unreadable = line.starts_with("unreadable ");
            if (unreadable || line.starts_with("note ")) CHECK(notes.find(words) != notes.npos);
            if (unreadable)
                expected.emplace_back("unreadable");
            else if (!line.starts_with("note "))
                expected.push_back(line);
        }
        CHECK(said == join(expected, "\n"));
    }
}
