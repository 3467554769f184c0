#include "orderd/cli/cli.hpp"
#include "orderd/core/memory.hpp"

#include <csignal>

int main(int argc, char** argv)
{
    std::signal(SIGXFSZ, SIG_IGN); // a file that may not grow is an error of its write, as on a full disk
    orderd::keep_memory_small();
    return orderd::cli::run(argc, argv);
}
