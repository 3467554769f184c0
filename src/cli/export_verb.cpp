#include "named_batch.hpp"
#include "orderd/core/csv_line.hpp"
#include "orderd/core/japanese_date.hpp"
#include "orderd/provider/answers.hpp"
#include "orderd/reporting/atomic_file.hpp"
#include "orderd/reporting/provisioning.hpp"
#include "orderd/reporting/table_file.hpp"
#include "verbs.hpp"

#include <boost/json.hpp>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>

namespace orderd::cli {
namespace {

namespace fs = std::filesystem;

int refuse(const std::string& why)
{
    warn() << "ipoe-orderd: " << why << "\n";
    return usage;
}

/// The whole of a file. Throws filesystem_error.
std::string text_of(const std::string& path)
{
    auto failed = [&](int why) { return fs::filesystem_error("cannot be read", path, {why, std::generic_category()}); };
    if (fs::is_directory(path)) throw failed(EISDIR);
    errno = 0;
    std::ifstream in(path, std::ios::binary);
    if (!in) throw failed(errno);
    std::string text;
    for (char piece[1 << 16]; in.read(piece, sizeof piece) || in.gcount() > 0;)
        text.append(piece, static_cast<std::size_t>(in.gcount()));
    if (in.bad()) throw failed(EIO);
    return text;
}

/// Days as they are told to the database; what is wrong with them otherwise.
std::string read_days(const export_arguments& a, store::export_choice& choice)
{
    if (!a.month.empty()) {
        auto last = a.month.size() == 7 && a.month[4] == '-' ? parse_yyyymm(a.month.substr(0, 4) + a.month.substr(5))
                                                             : std::nullopt;
        if (!last) return "--month must be a month such as 2027-03";
        if (!a.since.empty() || !a.until.empty()) return "--month goes without --since and --until";
        auto day = to_yyyymmdd(*last).substr(6);
        choice.since = a.month + "-01";
        choice.until = a.month + "-" + day;
        return "";
    }
    for (const auto& [name, day] : {std::pair{"--since", a.since}, {"--until", a.until}})
        if (!day.empty() && !parse_iso_day(day)) return std::string(name) + " must be a day such as 2027-03-01";
    choice.since = a.since;
    choice.until = a.until;
    return "";
}

/// A file that only its owner may read, put under its name when it is whole.
void write_private(const fs::path& path, std::string_view text)
{
    if (path.has_parent_path()) fs::create_directories(path.parent_path());
    reporting::atomic_file file(path, 0600);
    file.write(text);
    file.commit();
}

/// A cell of a table of sites. A secret goes as it is, for it is copied into routers, unless a spreadsheet would run
/// it.
std::string site_cell(const std::string& column, std::string value)
{
    bool exact = provider::secret_site_member(column) && value.find_first_of("(|!") == value.npos;
    return exact ? value : harmless_cell(shown(value));
}

/// Sites one by one, with everything known of them: as lines of a table, or each through a template.
int export_provisioning(const surroundings& s, const export_arguments& a, store::session& session)
{
    if (!a.since.empty() || !a.until.empty() || !a.month.empty())
        return refuse("with --secrets or --template sites are chosen by --batch only");
    if (a.output.empty()) return refuse("--secrets and --template need --output: a file that only you can read");
    std::shared_ptr<const store::credential_box> box;
    if (a.secrets) {
        box = service::read_credential_box(s.config);
        if (!box)
            return refuse("the secrets are sealed, and there is no key here: name its file in "
                          "database.credential_key_file (as root: /etc/ipoe-orderd/credential_key)");
    }
    std::optional<reporting::site_template> form;
    bool file_each = a.output.find("{{") != a.output.npos;
    if (!a.template_file.empty()) {
        form.emplace(text_of(a.template_file), reporting::site_template::escaping_of(a.template_file));
    } else if (file_each)
        return refuse("a file for each site needs --template");
    std::vector<store::provisioning_site> sites; // of all: a table's columns are known at the end
    std::string all;
    std::set<std::string> names, written;
    int without_key = 0;
    long count = 0;
    store::export_sites(session, a.batch, box.get(), operator_name(), [&](const store::provisioning_site& site) {
        ++count;
        without_key += !site.sealed_otherwise.empty();
        if (!form) {
            for (const auto& [name, value] : site.values) names.insert(name);
            sites.push_back(site);
        } else if (file_each) {
            auto name = reporting::file_name_of(a.output, site);
            if (!written.insert(name).second)
                throw reporting::template_error("two sites would be written to " + name +
                                                "; put {{customer_site_code}} into the name");
            write_private(name, form->filled(site));
        } else
            all += form->filled(site);
    });
    std::vector<std::string> columns{"customer_site_code"}; // first, then the others by name
    for (const auto& name : names)
        if (name != columns[0]) columns.push_back(name);
    if (!form && a.format == "csv") all = std::string(byte_order_mark(encoding::utf8_bom)) + csv_line(columns, ',');
    for (const auto& site : sites) {
        std::vector<std::string> cells;
        boost::json::object o;
        for (const auto& column : columns) {
            auto at = site.values.find(column);
            auto value = at == site.values.end() ? std::string() : at->second;
            o[column] = value;
            cells.push_back(site_cell(column, std::move(value)));
        }
        all += a.format == "csv" ? csv_line(cells, ',') : json_text(o).lines + "\n";
    }
    if (!file_each) write_private(a.output, all);
    warn() << count << " sites written"
           << (a.secrets ? ", with their secrets; that is kept in orderd.secret_access" : "") << "\n";
    if (without_key == 0) return all_well;
    warn() << "ipoe-orderd: secrets of " << without_key
           << " sites are sealed with a key that is not here and are missing; `sites show CODE --secrets` says which\n";
    return some_failed;
}

}

int export_verb(const surroundings& s, const export_arguments& given)
{
    auto a = given;
    if (s.json) a.format = "jsonl";
    store::export_choice choice;
    choice.what = a.what;
    choice.batch = a.batch;
    if (auto wrong = read_days(a, choice); !wrong.empty()) return refuse(wrong);
    auto format = reporting::table_format_from(a.format);
    auto coded = reporting::export_encoding_from(a.encoding);
    if (!format || !coded) return refuse("--format is csv, jsonl or xlsx; --encoding utf-8-bom, utf-8 or cp932");
    if ((a.secrets || !a.template_file.empty()) && a.what != "sites")
        return refuse("--secrets and --template go with `export sites`");
    auto session = s.open();
    if (!a.batch.empty() && !known_batch(*session, a.batch)) return usage;
    try {
        if (a.secrets || !a.template_file.empty()) return export_provisioning(s, a, *session);
        if (!a.output.empty()) {
            reporting::write_export(*session, choice, *format, *coded, a.output);
            return all_well;
        }
        if (*format == reporting::table_format::xlsx) return refuse("a workbook needs --output FILE.xlsx");
        auto& whole = say().stream(); // a file, whatever it holds
        auto table = reporting::text_table(*format, *coded, [&](std::string_view text) { whole << text; });
        store::export_rows(
            *session, choice, [&](const auto& columns) { table->head(columns); },
            [&](const auto& row) { table->row(row); });
    } catch (const reporting::template_error& e) {
        return refuse((a.template_file.empty() ? "" : a.template_file + ", ") + std::string(e.what()));
    } catch (const std::invalid_argument& e) {
        return refuse(e.what());
    }
    return all_well;
}

}
