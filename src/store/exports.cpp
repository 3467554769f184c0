#include "orderd/store/exports.hpp"
#include "session.hpp"
#include "tables.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <stdexcept>

namespace orderd::store {
namespace {

namespace json = boost::json;

export_column::kind kind_of(pqxx::oid type)
{
    switch (type) {
    case 16: return export_column::kind::truth; // boolean
    case 20:
    case 21:
    case 23:
    case 1700: return export_column::kind::number; // bigint, smallint, integer, numeric
    case 1082: return export_column::kind::day;    // date
    default: return export_column::kind::text;
    }
}

bool moment(std::string_view column) { return column.ends_with("at") || column == "told_since"; }

std::string query_of(const exportable_view& view, const export_choice& c)
{
    if (!c.batch.empty() && !view.by_batch)
        throw std::invalid_argument(std::string(view.name) + " are not told by batch");
    if ((!c.since.empty() || !c.until.empty()) && view.day.empty())
        throw std::invalid_argument(std::string(view.name) + " are not told by day");
    // Bounds are written so that an index on the day can be used.
    std::string day(view.day), bound = moment(day) ? "::timestamp at time zone 'Asia/Tokyo'" : "::date";
    std::string where = "($1 = '' or $1 <> '') and ($2 = '' or $2 <> '') and ($3 = '' or $3 <> '')";
    if (!c.batch.empty()) where += " and batch_name = $1";
    if (!c.since.empty()) where += " and " + day + " >= $2" + bound;
    if (!c.until.empty())
        where += moment(day) ? " and " + day + " < ($3::date + 1)" + bound : " and " + day + " <= $3" + bound;
    return "select * from " + std::string(view.view) + " where " + where + " order by " + std::string(view.order_by);
}

void flatten(const json::object& from, const std::string& prefix, std::map<std::string, std::string>& to)
{
    for (const auto& [name, value] : from) {
        auto key = prefix + std::string(name);
        if (value.is_object())
            flatten(value.as_object(), key + ".", to);
        else if (value.is_string())
            to[key] = std::string(value.as_string());
        else if (!value.is_null() && !value.is_array())
            to[key] = json::serialize(value);
    }
    if (auto* contracts = from.if_contains("contracts"); contracts && contracts->is_array()) {
        std::string codes;
        for (const auto& c : contracts->as_array())
            if (auto* code = c.is_object() ? c.as_object().if_contains("productCode") : nullptr;
                code && code->is_string())
                codes += (codes.empty() ? "" : "|") + std::string(code->as_string());
        to["product_codes"] = codes;
    }
}

}

void export_rows(session& s, const export_choice& choice,
                 const std::function<void(const std::vector<export_column>&)>& head,
                 const std::function<void(const export_row&)>& row)
{
    const auto* view = find_exportable(choice.what);
    if (!view) throw std::invalid_argument("there is nothing called \"" + choice.what + "\" to export");
    auto query = query_of(*view, choice);
    s.in_transaction([&](pqxx::work& tx) {
        tx.exec("set local time zone 'Asia/Tokyo'");
        tx.exec_params("declare told no scroll cursor for " + query, choice.batch, choice.since, choice.until);
        for (bool first = true;; first = false) {
            auto rows = tx.exec("fetch 2000 from told");
            if (first) {
                std::vector<export_column> columns;
                for (pqxx::row_size_type i = 0; i < rows.columns(); ++i) {
                    std::string name(rows.column_name(i));
                    columns.push_back({name, kind_of(rows.column_type(i))});
                }
                head(columns);
            }
            if (rows.empty()) return 0;
            for (const auto& r : rows) row(row_of(r));
        }
    });
}

void export_sites(session& s, const std::string& batch, const credential_box* box, const std::string& operator_name,
                  const std::function<void(const provisioning_site&)>& each)
{
    std::string after;
    while (true) {
        auto sites = s.in_transaction([&](pqxx::work& tx) {
            std::vector<provisioning_site> some;
            for (const auto& r : s.exec(tx, ORDERD_SQL(sites_to_provision), batch, after)) {
                provisioning_site site;
                site.code = r[0].as<std::string>();
                flatten(json::parse(r[1].as<std::string>("{}")).as_object(), "", site.values);
                for (pqxx::row_size_type i = 2; i < r.size(); ++i) site.values[r[i].name()] = r[i].as<std::string>("");
                if (box) {
                    // Before anything is told: who cannot be written down is told nothing.
                    tx.exec_params("insert into orderd.secret_access (operator, code) values ($1, $2)", operator_name,
                                   site.code);
                    for (const auto& c : s.exec(tx, ORDERD_SQL(credentials_of), site.code)) {
                        auto name = c[0].as<std::string>();
                        auto value = c[4].as<bool>()
                                         ? std::optional(c[3].as<std::string>())
                                         : box->open(site.code, name, {c[1].as<std::string>(), c[2].as<std::string>()});
                        if (value)
                            site.values[name] = *value;
                        else
                            site.sealed_otherwise.push_back(name);
                    }
                }
                some.push_back(std::move(site));
            }
            return some;
        });
        if (sites.empty()) return;
        after = sites.back().code;
        for (const auto& site : sites) each(site);
    }
}

std::string exported_through(session& s)
{
    auto rows = s.ask("exported_through", "select value from orderd.setting where name = 'exported_through'");
    return rows.empty() ? "" : rows[0][0].as<std::string>();
}

void set_exported_through(session& s, const std::string& day)
{
    s.ask("set_exported_through",
          "insert into orderd.setting values ('exported_through', $1) on conflict (name) do update "
          "set value = excluded.value",
          day);
}

}
