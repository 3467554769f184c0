#include "service/descriptors.hpp"

#include <catch2/catch.hpp>

using namespace orderd::service;

TEST_CASE("the status page has at most 256 connections, a quarter of the descriptors, and what orders leave")
{
    CHECK(page_connections(8192, 150) == 256);
    CHECK(page_connections(1024, 150) == 256);
    CHECK(page_connections(1000, 150) == 250);
    CHECK(page_connections(200, 150) == 50);
    CHECK(page_connections(200, 170) == 30);
    CHECK(page_connections(1024, 1000) == 24);
    CHECK(page_connections(100, 150) == 8); // a probe gets an answer
}

TEST_CASE("more orders in flight, details and connections need more descriptors")
{
    configuration c;
    auto usual = descriptors_needed(c);
    CHECK(usual < 200);
    c.submission.max_in_flight += 100;
    c.tracking.details_in_flight += 10;
    c.database.connections += 1;
    CHECK(descriptors_needed(c) == usual + 111);
}
