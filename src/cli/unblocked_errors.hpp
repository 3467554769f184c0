#pragma once
#include "orderd/async/line_writer.hpp"

#include <iostream>
#include <sstream>
#include <unistd.h>

namespace orderd::cli {

/// While this lives, std::cerr waits for nobody: what was said is written at the end, if standard error takes it then.
/// A daemon that cannot start must end, whoever holds its pipe.
class unblocked_errors {
public:
    unblocked_errors() : before_(std::cerr.rdbuf(said_.rdbuf())) {}
    ~unblocked_errors()
    {
        std::cerr.rdbuf(before_);
        if (auto text = said_.str(); !text.empty()) async::line_writer(STDERR_FILENO).put(std::move(text));
    }
    unblocked_errors(const unblocked_errors&) = delete;
    unblocked_errors& operator=(const unblocked_errors&) = delete;

private:
    std::ostringstream said_;
    std::streambuf* before_;
};

}
