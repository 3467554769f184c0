-- How far the file of a batch was written when it was taken in, and where it lies: one that grows afterwards is noticed.
alter table orderd.batch
    add column file_size bigint,      -- bytes
    add column file_written bigint,   -- nanoseconds since 1970
    add column unfinished_row bigint, -- its last row, where the file ended without a line break
    add column kept_as text;          -- its name in done/; null where nobody looks at it any more
