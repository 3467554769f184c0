#include "unit/files.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

namespace fs = std::filesystem;

TEST_CASE("every include follows an arrow between rooms")
{
    using rooms = std::set<std::string>;
    const rooms all_inner{"core",  "async",  "validation", "http",     "provider",
                          "store", "intake", "submission", "tracking", "reporting"};
    std::map<std::string, rooms> may_use{
        {"core", {}},
        {"validation", {"core"}},
        {"async", {"core"}},
        {"http", {"core", "async"}},
        {"provider", {"core", "async", "http"}},
        {"store", {"core", "async"}},
        {"intake", {"core", "async", "validation", "store"}},
        {"submission", {"core", "async", "provider", "http", "store"}},
        {"tracking", {"core", "async", "provider", "http", "store"}},
        {"reporting", {"core", "async", "store"}},
        {"service", all_inner},
        {"cli", all_inner},
        {"simulator", {"core", "http"}},
    };
    may_use["cli"].insert("service");
    const std::regex include(R"re(#include "orderd/([a-z]+)/)re");
    int seen = 0;
    for (const auto& [room, allowed] : may_use)
        for (auto top : {"include/orderd/", "src/"})
            for (const auto& entry :
                 fs::recursive_directory_iterator(std::string(ORDERD_SOURCE_DIR) + "/" + top + room)) {
                if (!entry.is_regular_file()) continue;
                auto text = orderd::tests::source_file(fs::relative(entry.path(), ORDERD_SOURCE_DIR).string());
                for (std::sregex_iterator at(text.begin(), text.end(), include), end; at != end; ++at) {
                    auto used = (*at)[1].str();
                    ++seen;
                    INFO(entry.path().string() << " includes " << used);
                    CHECK((used == room || allowed.contains(used)));
                }
            }
    CHECK(seen > 100);
}

TEST_CASE("Beast, libpqxx, spdlog and toml++ stay in the rooms that may use them")
{
    const std::map<std::string, std::set<std::string>> allowed{{"boost/beast", {"http"}},
                                                               {"pqxx/", {"store"}},
                                                               {"spdlog/", {"service"}},
                                                               {"toml++/", {"service", "simulator"}},
                                                               {"prometheus/", {"service"}}};
    for (const auto& entry : fs::recursive_directory_iterator(std::string(ORDERD_SOURCE_DIR) + "/src")) {
        if (!entry.is_regular_file()) continue;
        auto path = fs::relative(entry.path(), ORDERD_SOURCE_DIR).string();
        auto room = path.substr(4, path.find('/', 4) - 4);
        auto text = orderd::tests::source_file(path);
        for (const auto& [library, rooms] : allowed) {
            INFO(path << " and " << library);
            CHECK((text.find("#include <" + library) == text.npos || rooms.contains(room)));
        }
    }
}
