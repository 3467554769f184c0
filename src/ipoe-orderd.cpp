#include "orderd/cli/cli.hpp"
#include "orderd/core/memory.hpp"

int main(int argc, char** argv)
{
    orderd::keep_memory_small();
    return orderd::cli::run(argc, argv);
}
