#include "stage.hpp"

#include <catch2/catch.hpp>

using namespace orderd::tests;
using Catch::Matchers::Contains;

TEST_CASE("secrets of sites are sealed in the database, shown to whom is written down, and survive a change of keys")
{
    stage s;
    s.start_and_wait();
    s.insert_starts(3);
    s.wait_for_end();
    wait_until("the keys of the sites",
               [&] { return s.sql("select count(distinct code) from orderd.site_credential") == "3"; });
    CHECK(s.sql("select count(*) from orderd.site_credential where value is not null or sealed is null") == "0");
    auto code = s.sql("select min(code) from orderd.site");
    CHECK_THAT(s.verb({"sites", "list"}).output, Contains(code) && Contains("表の拠点"));
    CHECK_THAT(s.verb({"sites", "list", "--text", "表の拠点1"}).output,
               Contains("表の拠点1") && !Contains("表の拠点2"));
    auto open = s.verb({"sites", "show", code});
    CHECK_THAT(open.output, Contains("customer_site_name") && !Contains("PreSharedKey"));
    auto shown = s.verb({"sites", "show", code, "--secrets", "--json"});
    CHECK(shown.code == 0);
    auto secrets = json::parse(shown.output).as_array();
    CHECK(secrets.size() == 3);
    CHECK(s.sql("select operator is not null and code = '" + code + "' from orderd.secret_access") == "t");
    // Nowhere in a dump of the database, in no log, on no page.
    auto everything = run({"/usr/bin/pg_dump", s.database_url()}, s.directory()).output + s.log() + open.output +
                      stage::get(s.operations_port(), "/").second +
                      stage::get(s.operations_port(), "/orders?site=" + code).second +
                      s.verb({"export", "--batch", "table"}).output;
    for (const auto& secret : secrets) {
        auto value = std::string(secret.at("value").as_string());
        auto name = std::string(secret.at("secret").as_string());
        INFO(name << " " << value);
        REQUIRE(value.size() >= 4);
        CHECK(everything.find(value) == std::string::npos);
    }

    // Another key, the older one below it: everything still opens, and is sealed anew.
    auto old_key = read_file(s.directory() + "/credential_key");
    write_file(s.directory() + "/credential_key", std::string(64, 'a') + "\n" + old_key);
    CHECK(s.verb({"sites", "show", code, "--secrets", "--json"}).output == shown.output);
    CHECK_THAT(s.verb({"check"}).output, Contains("sealed with another key"));
    CHECK_THAT(s.verb({"sites", "rekey"}).output, Contains("9 secrets are sealed anew"));
    write_file(s.directory() + "/credential_key", std::string(64, 'a') + "\n");
    CHECK(s.verb({"sites", "show", code, "--secrets", "--json"}).output == shown.output);

    // A key that is lost is explained, and the provider tells the secrets again.
    write_file(s.directory() + "/credential_key", std::string(64, 'b') + "\n");
    auto lost = s.verb({"sites", "show", code, "--secrets"});
    CHECK(lost.code == 1);
    CHECK_THAT(lost.errors, Contains("is sealed with the key") && Contains("sites sync " + code));
    CHECK(s.verb({"sites", "rekey"}).code == 1);
    CHECK(s.stop_daemon() == 0);
    s.start_and_wait();
    CHECK(s.verb({"sites", "sync", code}).code == 0);
    wait_until("the site to be read again", [&] { return s.verb({"sites", "show", code, "--secrets"}).code == 0; });
    CHECK(s.verb({"sites", "show", code, "--secrets", "--json"}).output == shown.output);

    // What an older release wrote in plain text is sealed when the daemon starts.
    CHECK(s.stop_daemon() == 0);
    s.sql("insert into orderd.site (code, detail) values ('int-old', '{}'); "
          "insert into orderd.site_credential (code, name, value) values ('int-old', 'password', 'pl4inText')");
    CHECK_THAT(s.verb({"check"}).output, Contains("1 of sites are in plain text"));
    s.start_and_wait();
    wait_until("it to be sealed",
               [&] { return s.sql("select count(*) from orderd.site_credential where value is not null") == "0"; });
    CHECK_THAT(s.verb({"sites", "show", "int-old", "--secrets"}).output, Contains("pl4inText"));
    // Careless: no such site, no key, a key that is none.
    CHECK(s.verb({"sites", "show", "int-nowhere"}).code == 2);
    write_file(s.directory() + "/credential_key", "not a key\n");
    auto none = s.verb({"sites", "show", code, "--secrets"});
    CHECK(none.code == 2);
    CHECK_THAT(none.errors, Contains("64 hexadecimal digits"));
}

TEST_CASE("without a key secrets are not kept, and that is said; all sites are read from the provider's list")
{
    stage s({.daemon_toml = "database.credential_key_file = \"\"\n"});
    s.start_and_wait();
    s.insert_starts(3);
    s.wait_for_end();
    wait_until("the sites",
               [&] { return s.sql("select count(*) from report.site where global_ip is not null") == "3"; });
    CHECK(s.sql("select count(*) from orderd.site_credential") == "0");
    CHECK_THAT(s.log(), Contains("they are not kept"));
    CHECK_THAT(s.verb({"check"}).output, Contains("no key to seal"));
    auto code = s.sql("select min(code) from orderd.site");
    CHECK(s.verb({"sites", "show", code, "--secrets"}).code == 2);
    // Somebody ordered sites elsewhere: the list tells them.
    s.sql("delete from orderd.site");
    auto synced = s.verb({"sites", "sync", "--json"});
    CHECK(synced.code == 0);
    CHECK_THAT(synced.output, Contains("\"sites\":3") && Contains("\"new\":3") && Contains("\"complete\":true"));
    wait_until("the details", [&] {
        return s.sql("select count(*) from orderd.site where detail <> '{}' and global_ip is not null") == "3";
    });
    s.drop("cancel.csv",
           "order_type,customer_site_code,hope_to_end_at\n3,int-unheard-of,209912\n3," + code + ",209912\n");
    wait_until("the rows", [&] { return s.sql("select count(*) from orderd.\"order\" where order_type = 3") == "2"; });
    CHECK_THAT(s.sql("select findings::text from orderd.\"order\" where customer_site_code = 'int-unheard-of'"),
               Contains("site_unknown"));
    CHECK(s.sql("select findings::text from orderd.\"order\" where order_type = 3 and customer_site_code = '" + code +
                "'") == "[]");
}
