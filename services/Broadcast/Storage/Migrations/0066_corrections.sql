-- Which broadcasts correct one: whoever reads the wrong one is told.
create index broadcast_by_corrected on broadcast (corrects_id) where corrects_id is not null;
