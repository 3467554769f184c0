#pragma once
#include "stage.hpp"

#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <unistd.h>

namespace orderd::tests {

/// A login of its own, a member of some roles; it goes with this.
class program {
public:
    program(stage& s, const std::string& word, const std::string& roles)
        : stage_(s), name_("orderd_test_" + word + "_" + std::to_string(::getpid()))
    {
        s.sql("create role " + name_ + " login in role " + roles);
        connection_ = std::make_unique<pqxx::connection>(url());
    }
    ~program()
    {
        connection_.reset();
        stage_.sql("drop owned by " + name_ + "; drop role " + name_);
    }
    program(const program&) = delete;
    program& operator=(const program&) = delete;

    std::string sql(const std::string& statement)
    {
        pqxx::nontransaction tx(*connection_);
        auto rows = tx.exec(statement);
        return rows.empty() || rows.columns() == 0 ? "" : rows[0][0].as<std::string>("");
    }
    const std::string& name() const { return name_; }
    std::string url() const
    {
        auto url = stage_.database_url();
        auto scheme = url.find("://") + 3;
        return url.replace(scheme, url.find('@') - scheme, name_);
    }

private:
    stage& stage_;
    std::string name_;
    std::unique_ptr<pqxx::connection> connection_;
};

}
