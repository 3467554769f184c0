#include "orderd/cli/cli.hpp"

int main(int argc, char** argv) { return orderd::cli::run(argc, argv); }
