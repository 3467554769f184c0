#pragma once
#include "stage.hpp"

#include <pqxx/pqxx>
#include <string>

namespace orderd::tests {

/// A session of an administrator that holds a lock until it is let go.
class holder {
public:
    holder(stage& s, const std::string& lock) : connection_(s.database_url()), holding_(connection_)
    {
        pid_ = holding_.exec("select pg_backend_pid()")[0][0].as<std::string>();
        holding_.exec("set local application_name = 'forgotten'");
        holding_.exec(lock);
    }
    void let_go() { holding_.abort(); }
    /// As it is named to people.
    std::string name() const { return "session " + pid_ + " (login "; }

private:
    pqxx::connection connection_;
    pqxx::work holding_;
    std::string pid_;
};

}
