-- The channels that marketing knows of.
CREATE TABLE raw_data.channel (
    channelname text PRIMARY KEY
);

COMMENT ON TABLE raw_data.channel IS
    'The channels that visitors come from, as marketing lists them: Newsletter has no session yet, and Tiktok, '
    'which sessions name since 2026-03-01, was never entered';
COMMENT ON COLUMN raw_data.channel.channelname IS 'Name, spelled as in user_session_channel; one has an apostrophe';

INSERT INTO raw_data.channel (channelname)
VALUES
    ('Facebook'),
    ('Friend''s link'),
    ('Google'),
    ('Instagram'),
    ('Naver'),
    ('Newsletter'),
    ('Organic'),
    ('Youtube');

ANALYZE raw_data.channel;
