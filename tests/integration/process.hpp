#pragma once
#include <chrono>
#include <string>
#include <sys/types.h>
#include <vector>

// A program under test, as its administrator would start it.
namespace orderd::tests {

class process {
public:
    /// Starts `words`; standard output and error go to files in `directory`.
    process(std::vector<std::string> words, const std::string& directory, const std::string& name,
            std::vector<std::string> environment = {});
    ~process(); // kills it when it still runs
    process(const process&) = delete;
    process& operator=(const process&) = delete;

    void send(int signal) const;
    bool running();
    /// Waits for its end; the exit code, or -signal. Throws when it does not end in time.
    int wait(std::chrono::seconds at_most = std::chrono::seconds(60));
    pid_t pid() const { return pid_; }
    std::string output() const;
    std::string errors() const;

private:
    pid_t pid_ = -1;
    int status_ = 0;
    bool ended_ = false;
    std::string out_, err_;
};

/// Runs to the end; gives exit code and output.
struct finished {
    int code;
    std::string output, errors;
};
finished run(std::vector<std::string> words, const std::string& directory, std::vector<std::string> environment = {});

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

/// Asks `ready` until it says yes. Throws with `what` after `at_most`.
template <class F>
void wait_until(const std::string& what, F ready, std::chrono::seconds at_most = std::chrono::seconds(60));

}

#include <stdexcept>
#include <thread>

template <class F>
void orderd::tests::wait_until(const std::string& what, F ready, std::chrono::seconds at_most)
{
    auto deadline = std::chrono::steady_clock::now() + at_most;
    while (!ready()) {
        if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("waited in vain: " + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}
