#pragma once
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The columns of an intake row: the names users hold on to, in CSV headers, in intake.order_row and in findings.
namespace orderd {

enum class column : std::size_t {
    request_key,
    order_type,
    customer_code,
    customer_site_name,
    case_name,
    line_id,
    line_access_key,
    hope_to_open_at,
    product_codes,
    installation_zip_code,
    installation_prefectures,
    installation_address,
    installation_company_name,
    installation_department_name,
    installation_client_name,
    installation_tel,
    terminal_zip_code,
    terminal_prefectures,
    terminal_address,
    terminal_company_name,
    terminal_department_name,
    terminal_client_name,
    terminal_tel,
    terminal_hope_to_at,
    lan_network_address,
    lan_interface_address,
    dhcp_how_to_use,
    dhcp_start_address,
    dhcp_end_address,
    dhcp_dns1,
    dhcp_dns2,
    customer_site_code,
    change_products,
    hope_to_end_at,
    overwrite_check_flag,
    submit_after,
};
inline constexpr std::size_t column_count = static_cast<std::size_t>(column::submit_after) + 1;

/// How a column's values are written, which decides how they are put into normal form.
enum class value_kind {
    name,          // free text: only surrounding space is taken off
    code,          // letters, digits and signs, in half width
    digits,        // a postal code or telephone number: half width, hyphens and parentheses off
    date,          // a day, into YYYYMMDD
    month_or_date, // YYYYMM or YYYYMMDD
    moment,        // a Japanese date or a date with a time
    choice,        // one of a few words
    list,          // codes separated by '|'
};

struct column_info {
    column id;
    std::string_view name;     // request_key
    std::string_view japanese; // 管理番号
    std::string_view api;      // the API's own name, "" where it has none
    value_kind kind;
    bool secret;   // never shown in a message or log
    bool personal; // kept out of logs
};

/// All columns, in the order of the enumeration.
const std::array<column_info, column_count>& columns();
const column_info& info(column);

/// The column a header cell names: our name, the Japanese name or the API's, whatever the case, width, spaces and
/// long-vowel marks.
std::optional<column> column_from_header(std::string_view header);
/// The known header most like `header`, for "did you mean"; empty when nothing is near.
std::string nearest_header(std::string_view header);

/// One value a column, UTF-8; "" means absent. Cheap to move; what was moved from is only good for an assignment.
class row_values {
public:
    std::string& operator[](column c)
    {
        if (values_.empty()) values_.resize(column_count);
        return values_[static_cast<std::size_t>(c)];
    }
    const std::string& operator[](column c) const
    {
        static const std::string none;
        return values_.empty() ? none : values_[static_cast<std::size_t>(c)];
    }
    bool has(column c) const { return !(*this)[c].empty(); }
    /// Every value empty; their memory stays, for the next row.
    void clear()
    {
        for (auto& value : values_) value.clear();
    }
    bool operator==(const row_values& other) const
    {
        for (std::size_t i = 0; i < column_count; ++i)
            if ((*this)[static_cast<column>(i)] != other[static_cast<column>(i)]) return false;
        return true;
    }

private:
    std::vector<std::string> values_; // none: all empty
};

}
