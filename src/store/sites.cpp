#include "orderd/store/sites.hpp"
#include "orderd/store/left_out_rows.hpp"
#include "session.hpp"
#include "tables.hpp"
#include "text_array.hpp"

#include <algorithm>
#include <span>

namespace orderd::store {
namespace {

constexpr int at_once = 500;

std::string codes_of(const std::vector<std::string>& codes)
{
    text_array all;
    for (const auto& code : codes) all.add(code);
    return all.text();
}

/// A secret as it is kept: its columns key, sealed, plain text, whether it is plain.
std::optional<std::string> value_of(const pqxx::row& r, int from, const std::string& site, const std::string& name,
                                    const credential_box& box)
{
    if (r[from + 3].as<bool>()) return r[from + 2].as<std::string>();
    return box.open(site, name, {r[from].as<std::string>(), r[from + 1].as<std::string>()});
}

}

bool save_site(session& s, const site_record& site, const credential_box* box)
{
    text_array names, sealed;
    if (box)
        for (const auto& [name, value] : site.credentials) {
            names.add(name);
            sealed.add(box->seal(site.code, name, value).hex);
        }
    return s.in_transaction([&](pqxx::work& tx) {
        bool kept = !s.exec(tx, ORDERD_SQL(save_site), site.code, site.name, site.case_name, site.status, site.line_id,
                            site.global_ip, site.start_at, site.end_at, site.detail_json)
                         .empty();
        if (kept && box && !names.empty())
            s.exec(tx, ORDERD_SQL(save_site_credentials), site.code, names.text(), sealed.text(), box->key_id());
        return kept;
    });
}

namespace {

constexpr std::chrono::seconds for_some_sites(10);

/// At most `limit` of those that are due, or `code` alone.
std::vector<std::string> put_off(session& s, int limit, const std::string& code = {})
{
    return s.in_transaction([&](pqxx::work& tx) {
        statements_take_at_most(tx, for_some_sites);
        std::vector<std::string> codes;
        for (const auto& r : s.exec(tx, ORDERD_SQL(due_sites), limit, code)) codes.push_back(r[0].as<std::string>());
        return codes;
    });
}

}

due_list due_sites(session& s, int limit)
{
    try {
        return {put_off(s, limit), {}};
    } catch (const statement_failed& e) {
        if (!about_rows(e)) throw;
    }
    due_list out;
    for (const auto& r :
         s.ask("sites_that_are_due",
               "select code from orderd.site_refresh where due_at <= now() order by due_at limit $1", limit)) {
        auto code = r[0].as<std::string>();
        try {
            for (auto& due : put_off(s, 1, code)) out.codes.push_back(std::move(due));
        } catch (const statement_failed& e) {
            if (!about_rows(e)) throw;
            out.refused.emplace_back(code, e.what());
        }
    }
    return out;
}

void refresh_sites(session& s, const std::vector<std::string>& codes)
{
    s.ask("refresh_sites",
          "insert into orderd.site_refresh (code) select distinct unnest($1::text[]) on conflict (code) do update set "
          "due_at = "
          "now(), tries = 0",
          codes_of(codes));
}

void give_up_refreshing(session& s, const std::vector<std::string>& codes)
{
    // Whoever asked anew meanwhile made it due now.
    s.ask("give_up_refreshing", "delete from orderd.site_refresh where code = any($1::text[]) and due_at > now()",
          codes_of(codes));
}

std::vector<std::string> sites_not_known(session& s, const std::vector<std::string>& codes)
{
    std::vector<std::string> out;
    for (const auto& r : s.ask("sites_not_known",
                               "select distinct code from unnest($1::text[]) as t (code) where not exists (select from "
                               "orderd.site s where s.code = t.code) order by code",
                               codes_of(codes)))
        out.push_back(r[0].as<std::string>());
    return out;
}

std::vector<std::string> sites_in_use(session& s)
{
    std::vector<std::string> codes;
    for (const auto& r : s.ask(ORDERD_SQL(sites_in_use))) codes.push_back(r[0].as<std::string>());
    return codes;
}

namespace {

saved_list save_part(session& s, std::span<const site_record> sites)
{
    text_array code, title, case_name, status, line, start, end;
    for (const auto& site : sites) {
        code.add(site.code);
        title.add(site.name);
        case_name.add(site.case_name);
        status.add(site.status);
        line.add(site.line_id);
        start.add(site.start_at);
        end.add(site.end_at);
    }
    auto row = s.ask(ORDERD_SQL(save_site_list), code.text(), title.text(), case_name.text(), status.text(),
                     line.text(), start.text(), end.text())[0];
    saved_list out{row[0].as<long>(), row[1].as<long>(), row[2].as<long>()};
    out.refused = static_cast<long>(sites.size()) - out.sites;
    if (out.refused > 0) out.example = row[3].as<std::string>("") + ": " + std::string(kept_as_it_was);
    return out;
}

/// Those that the database refuses are found by halving.
saved_list save_by_halves(session& s, std::span<const site_record> sites)
{
    try {
        return save_part(s, sites);
    } catch (const statement_failed& e) {
        if (!about_rows(e) && !e.locked()) throw;
        if (sites.size() == 1 || e.locked())
            return {0, 0, 0, static_cast<long>(sites.size()), sites.front().code + ": " + e.what()};
    }
    auto out = save_by_halves(s, sites.first(sites.size() / 2));
    return out += save_by_halves(s, sites.subspan(sites.size() / 2));
}

}

saved_list& saved_list::operator+=(const saved_list& more)
{
    sites += more.sites;
    new_ones += more.new_ones;
    due += more.due;
    refused += more.refused;
    if (example.empty()) example = more.example;
    return *this;
}

saved_list save_site_list(session& s, const std::vector<site_record>& all, const std::string& complete_since)
{
    constexpr std::size_t part = 2'000;
    saved_list out;
    for (std::size_t from = 0; from < all.size(); from += part)
        out += save_by_halves(s, std::span(all).subspan(from, std::min(part, all.size() - from)));
    if (!complete_since.empty() && out.refused == 0)
        s.ask("sites_read",
              "insert into orderd.setting values ('sites_read_at', now()::text), ('sites_listed_from', $1) on conflict "
              "(name) do update set value = excluded.value",
              complete_since);
    return out;
}

long reread_sites(session& s, std::chrono::milliseconds age)
{
    return s.ask(ORDERD_SQL(reread_sites), static_cast<std::int64_t>(age.count()))[0][0].as<long>();
}

std::string database_time(session& s) { return s.ask("database_time", "select now()::text")[0][0].as<std::string>(); }

namespace {

std::optional<std::chrono::milliseconds> age_in(const pqxx::result& rows)
{
    if (rows.empty() || rows[0][0].is_null()) return std::nullopt;
    return std::chrono::milliseconds(rows[0][0].as<std::int64_t>());
}

}

std::optional<std::chrono::milliseconds> site_list_age(session& s)
{
    return age_in(s.ask("site_list_age", "select (extract(epoch from now() - value::timestamptz) * 1000)::bigint from "
                                         "orderd.setting where name = 'sites_read_at'"));
}

namespace {

std::vector<std::pair<std::string, long>> counts_of(const pqxx::result& rows)
{
    std::vector<std::pair<std::string, long>> out;
    for (const auto& r : rows) out.emplace_back(r[0].as<std::string>(), r[1].as<long>());
    return out;
}

}

std::vector<std::pair<std::string, long>> count_differences(session& s)
{
    return counts_of(s.ask(ORDERD_SQL(count_differences)));
}

std::optional<std::chrono::milliseconds> difference_count_age(session& s)
{
    return age_in(
        s.ask("difference_count_age",
              "select (extract(epoch from now() - min(counted_at)) * 1000)::bigint from orderd.difference_count"));
}

std::vector<std::pair<std::string, long>> counted_differences(session& s)
{
    return counts_of(s.ask("counted_differences", "select kind, count from orderd.difference_count order by kind"));
}

table differences(session& s, const std::string& kind, int limit)
{
    return table_of(s.ask("differences",
                          "select * from report.difference where $1 = '' or kind = $1 order by kind, "
                          "customer_site_code, product_code limit $2::int",
                          kind, limit));
}

table site_past(session& s, const std::string& code)
{
    return table_of(
        s.ask("site_past",
              "select to_char(valid_from at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') as valid_from, "
              "to_char(valid_to at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') as valid_to, name as "
              "customer_site_name, case_name, status, line_id, global_ip, start_at, end_at, "
              "(select string_agg(c ->> 'productCode', '|') from jsonb_array_elements(detail -> 'contracts') "
              "c) as products from orderd.site_history where code = $1 order by valid_from desc limit 1000",
              code));
}

table site_list(session& s, const std::string& text, const std::string& status, int limit)
{
    return table_of(s.ask(
        "site_list",
        "select customer_site_code, customer_site_name, case_name, status, line_id, global_ip, start_at, end_at, "
        "to_char(read_at at time zone 'Asia/Tokyo', 'YYYY-MM-DD HH24:MI') as read_at from report.site where ($1 = "
        "'' or strpos(customer_site_name, $1) > 0 or strpos(case_name, $1) > 0 or customer_site_code = $1) and ($2 "
        "= '' or status = $2) order by customer_site_code limit $3::int",
        text, status, limit));
}

table site_line(session& s, const std::string& code)
{
    return table_of(s.ask("site_line",
                          "select code as customer_site_code, name as customer_site_name, case_name, status, line_id, "
                          "global_ip, start_at, end_at, detail::text as detail, to_char(read_at at time zone "
                          "'Asia/Tokyo', 'YYYY-MM-DD HH24:MI:SS') as read_at from orderd.site where code = $1",
                          code));
}

std::vector<opened_secret> open_secrets(session& s, const std::string& code, const credential_box& box,
                                        const std::string& operator_name)
{
    std::vector<opened_secret> out;
    s.in_transaction([&](pqxx::work& tx) {
        out.clear();
        // Before anything is told: who cannot be written down is told nothing.
        tx.exec_params("insert into orderd.secret_access (operator, code) values ($1, $2)", operator_name, code);
        for (const auto& r : s.exec(tx, ORDERD_SQL(credentials_of), code)) {
            auto name = r[0].as<std::string>();
            out.push_back({name, r[1].as<std::string>(), value_of(r, 1, code, name, box)});
        }
        return 0;
    });
    return out;
}

resealed seal_secrets(session& s, const credential_box& box)
{
    resealed out;
    std::string after_code, after_name;
    while (true) {
        auto rows = s.ask(ORDERD_SQL(credentials_to_seal), box.key_id(), at_once, after_code, after_name);
        if (rows.empty()) return out;
        text_array codes, names, sealed, before;
        for (const auto& r : rows) {
            auto code = r[0].as<std::string>(), name = r[1].as<std::string>();
            auto value = value_of(r, 2, code, name, box);
            if (!value) {
                ++out.without_key;
                continue;
            }
            codes.add(code);
            names.add(name);
            sealed.add(box.seal(code, name, *value).hex);
            before.add(r[2].as<std::string>());
        }
        after_code = rows.back()[0].as<std::string>();
        after_name = rows.back()[1].as<std::string>();
        if (!codes.empty())
            out.sealed += static_cast<int>(s.ask(ORDERD_SQL(seal_credentials), codes.text(), names.text(),
                                                 sealed.text(), box.key_id(), before.text())
                                               .size());
    }
}

secrets_count count_secrets(session& s, const std::string& key_id)
{
    auto r = s.ask("count_secrets",
                   "select count(*) filter (where value is not null), count(*) filter (where sealed is not null), "
                   "count(*) filter (where sealed is not null and key_id <> $1) from orderd.site_credential",
                   key_id)[0];
    return {r[0].as<long>(), r[1].as<long>(), r[2].as<long>()};
}

}
