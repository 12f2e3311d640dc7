-- Counts of features by grid cell, from which the low zooms of crowded layers are drawn.
CREATE TABLE phumi.cells (
    layer text NOT NULL,
    zoom integer NOT NULL,
    x bigint NOT NULL,                    -- column and row of the cell in the whole world
    y bigint NOT NULL,
    n bigint NOT NULL,
    dx double precision NOT NULL,         -- sums of the distances from the cell's north-west corner
    dy double precision NOT NULL          -- in metres of EPSG:3857
);

${postgis} CREATE INDEX cells_tile ON phumi.cells (layer, zoom, (x >> 5), (y >> 5));

CREATE TABLE phumi.tilings (
    layer text PRIMARY KEY,
    version bigint NOT NULL,              -- layer version that the cells speak of
    depth integer NOT NULL                -- deepest zoom that has cells; -1 where none is crowded
);

${postgis} CREATE INDEX history_ended ON phumi.history (layer, ended_version);
