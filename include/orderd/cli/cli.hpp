#pragma once

namespace orderd::cli {

/// The command line. Gives the exit code: 0 all well; 1 some rows rejected or orders failed; 2 usage or configuration;
/// 3 the database or the API cannot be reached; 4 a defect.
int run(int argc, char** argv);

}
