#pragma once
#include "orderd/store/inspect.hpp"
#include "session.hpp"

// Answers of the database as tables of text.
namespace orderd::store {

inline std::vector<std::optional<std::string>> row_of(const pqxx::row& r)
{
    std::vector<std::optional<std::string>> out;
    out.reserve(r.size());
    for (const auto& field : r) out.push_back(field.is_null() ? std::nullopt : std::optional(field.as<std::string>()));
    return out;
}

inline table columns_of(const pqxx::result& result)
{
    table t;
    for (pqxx::row_size_type i = 0; i < result.columns(); ++i) t.columns.emplace_back(result.column_name(i));
    return t;
}

inline table table_of(const pqxx::result& result)
{
    auto t = columns_of(result);
    for (const auto& r : result) t.rows.push_back(row_of(r));
    return t;
}

}
