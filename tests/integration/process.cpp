#include "process.hpp"

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace orderd::tests {

process::process(std::vector<std::string> words, const std::string& directory, const std::string& name,
                 std::vector<std::string> environment)
    : out_(directory + "/" + name + ".out"), err_(directory + "/" + name + ".err")
{
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("fork failed");
    if (pid_ > 0) return;
    int out = ::open(out_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    int err = ::open(err_.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out, 1);
    ::dup2(err, 2);
    for (auto& setting : environment) ::putenv(setting.data());
    ::execv(argv[0], argv.data());
    ::_exit(127);
}

process::~process()
{
    if (!running()) return;
    send(SIGKILL);
    ::waitpid(pid_, &status_, 0);
}

void process::send(int signal) const { ::kill(pid_, signal); }

bool process::running()
{
    if (!ended_) ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
    return !ended_;
}

int process::wait(std::chrono::seconds at_most)
{
    wait_until(
        "the end of process " + std::to_string(pid_), [&] { return !running(); }, at_most);
    return WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
}

std::string process::output() const { return read_file(out_); }
std::string process::errors() const { return read_file(err_); }

finished run(std::vector<std::string> words, const std::string& directory, std::vector<std::string> environment)
{
    static int count = 0;
    process p(std::move(words), directory, "run" + std::to_string(++count), std::move(environment));
    int code = p.wait();
    return {code, p.output(), p.errors()};
}

std::string read_file(const std::string& path)
{
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

void write_file(const std::string& path, const std::string& text)
{
    std::ofstream out(path, std::ios::binary);
    out << text;
    if (!out.flush()) throw std::runtime_error(path + " cannot be written");
}

}
