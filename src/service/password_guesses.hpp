#pragma once
#include <chrono>
#include <map>
#include <string>

namespace orderd::service {

/// When a password may be compared, so that guessing takes years and a person who knows it hardly waits. A client
/// without wrong ones is never kept waiting. All others stand in one line, whichever connection they come by; the pause
/// between two comparisons doubles with every wrong one, up to `longest_pause`. Who finds the line full comes again.
/// Pure: the time is handed in.
class password_guesses {
public:
    using clock = std::chrono::steady_clock;
    static constexpr int most_waiting = 4;
    static constexpr std::chrono::seconds first_pause{1}, longest_pause{4};
    static constexpr std::chrono::minutes forgotten_after{15}; // without another wrong one
    static constexpr std::size_t most_clients = 4096;          // remembered; then the one of longest ago is forgotten

    struct turn {
        bool granted; // the password is compared at `at`; otherwise the line is full until then
        clock::time_point at;
    };
    /// A client asks for its password to be compared. Every turn that is granted ends with `compared`.
    turn ask(const std::string& client, clock::time_point now);
    void compared(const std::string& client, bool right, clock::time_point now);

private:
    struct failures {
        int in_a_row = 0;
        clock::time_point last{};
    };
    static int lately(const failures&, clock::time_point now);
    static clock::duration pause_after(int failures);
    void note_failure(const std::string& client, clock::time_point now);

    std::map<std::string, failures> by_client_;
    failures of_all_;
    clock::time_point next_{}; // when the line's next comparison may be
    int waiting_ = 0;
};

}
