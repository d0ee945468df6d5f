using Contracts.Notification;
using Microsoft.Extensions.Options;
using Notification.Providers;
using Npgsql;

namespace Notification.Sending;

/// <summary>What may be handed over now, and when to look again if it is a limit that holds the rest back.</summary>
internal sealed record Leased(IReadOnlyList<SmsToSend> Sms, DateTimeOffset? MoreAt = null);

/// <summary>
/// Commits the intents of a few due SMS together, as many as the limits let start within a moment. The limits' rows are locked from the look to the commit, so
/// they hold over all instances; that an answer slips in before the next SMS of a broadcast follows from the moment being short.
/// </summary>
internal sealed class LeaseDueSms(NpgsqlDataSource database, IOptions<SendingOptions> options, TimeProvider clock)
{
    public static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(50);

    private const string Know = "insert into rate_limit select name, 'epoch', 'epoch' from unnest($1) as name on conflict do nothing";
    private const string Limits = "select name, next_at, broadcast_next_at from rate_limit where name = any ($1) order by name for update";

    private const string Candidates = """
        select sms.id, lease_no + 1, attempts + 1, purpose, trace_parent, segments, content.number, content.sender, content.text
        from sms join sms_content content on content.sms_id = sms.id
        where state = 'Queued' and sent_by = $1 and lane between $4 and $5 and next_attempt_at <= $2 and expires_at > $2
          and (quiet_from is null or (quiet_from > $2 and (not_before is null or not_before <= $2)))
          and not exists (select from route where channel = $1 and blocked_until > $2)
          and not exists (select from pause where kind = 'Provider' and name = $1)
          and purpose not in (select name from pause where kind = 'Lane')
          and (group_id is null or group_id not in (select id from sms_group where is_held))
        order by lane, next_attempt_at limit $3 for update of sms skip locked
        """;

    private const string Intend = """
        update sms set state = 'Intent', intent_at = $2, changed_at = $2, lease_no = lease_no + 1, attempts = attempts + 1 where id = any ($1)
        """;

    // What a limit of its prefix holds back makes way for those behind it.
    private const string Hold = "update sms set next_attempt_at = held.until from unnest($1, $2) as held (id, until) where sms.id = held.id";

    private const string Advance = """
        update rate_limit set next_at = taken.next_at, broadcast_next_at = taken.broadcast_next_at
        from unnest($1, $2, $3) as taken (name, next_at, broadcast_next_at) where rate_limit.name = taken.name
        """;

    /// <summary>Not cancelled at shutdown: an intent that was committed unseen would have to be called uncertain.</summary>
    public async Task<Leased> LeaseAsync(string channel, (short From, short To) lanes, int most)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var now = clock.GetUtcNow();
        var paces = await PacesAsync(connection, channel);
        var broadcast = Lanes.Of(SmsPurpose.Broadcast);
        var general = paces.Where(pace => pace.Limit.Prefixes.Count == 0).ToList();
        var waitsForRoom = lanes.To >= broadcast && general.Exists(pace => pace.RoomFor(isBroadcast: true, now, Ahead) == 0);
        if (waitsForRoom)
            lanes.To = (short)(broadcast - 1);
        var room = general.Count == 0 ? most : general.Min(pace => pace.RoomFor(isBroadcast: false, now, Ahead));
        var candidates = room == 0 ? [] : await CandidatesAsync(connection, channel, lanes, Math.Min(most, room), now);
        var (granted, held) = Grant(candidates, paces, now);
        if (candidates.Count > 0)
        {
            await using var batch = new NpgsqlBatch(connection)
            {
                BatchCommands =
                {
                    Command(Intend, granted.ConvertAll(sms => sms.Id), now),
                    Command(Hold, held.ConvertAll(sms => sms.Id), held.ConvertAll(sms => sms.StartAt)),
                    Command(Advance, paces.ConvertAll(pace => pace.Name), paces.ConvertAll(pace => pace.NextAt), paces.ConvertAll(pace => pace.BroadcastNextAt)),
                },
            };
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        }

        // Where nothing waits for a limit, it is the bell that tells when to look again.
        if (!waitsForRoom && held.Count == 0 && candidates.Count < Math.Min(most, room))
            return new(granted);
        var isPatient = lanes.From >= Lanes.Patient.From;
        return new(granted, general.Count > 0 ? general.Max(pace => pace.StartOf(isPatient, now)) - Ahead : held.Count > 0 ? held[0].StartAt - Ahead : null);
    }

    /// <summary>In their order, each by the limits that cover its number; what cannot start within the moment keeps the instant at which it could.</summary>
    private static (List<SmsToSend> Granted, List<SmsToSend> Held) Grant(List<SmsToSend> candidates, List<Pace> paces, DateTimeOffset now)
    {
        var (granted, held) = (new List<SmsToSend>(), new List<SmsToSend>());
        foreach (var sms in candidates)
        {
            var covering = paces.FindAll(pace => pace.Limit.CoversNumber(sms.To));
            var start = covering.Count == 0 ? now : covering.Max(pace => pace.StartOf(sms.IsBroadcast, now));
            if (start > now + Ahead)
            {
                held.Add(sms);
                continue;
            }

            foreach (var pace in covering)
                pace.Take(start, sms.Segments, sms.IsBroadcast);
            granted.Add(sms with { StartAt = start });
        }

        // One behind the other, so that they do not all come back at once.
        var later = paces.ConvertAll(pace => pace.Copy());
        return (granted, held.ConvertAll(sms =>
        {
            var covering = later.FindAll(pace => pace.Limit.CoversNumber(sms.To));
            var start = covering.Max(pace => pace.StartOf(sms.IsBroadcast, now));
            covering.ForEach(pace => pace.Take(start, sms.Segments, sms.IsBroadcast));
            return sms with { StartAt = start };
        }));
    }

    private async Task<List<Pace>> PacesAsync(NpgsqlConnection connection, string channel)
    {
        var limits = options.Value.Limits.Where(limit => limit.Value.CoversChannel(channel)).ToDictionary(StringComparer.Ordinal);
        if (limits.Count == 0)
            return [];
        var names = limits.Keys.Order(StringComparer.Ordinal).ToList();
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Command(Know, names), Command(Limits, names) } };
        await using var reader = await batch.ExecuteReaderAsync(CancellationToken.None);
        var paces = new List<Pace>();
        while (await reader.ReadAsync(CancellationToken.None))
        {
            paces.Add(new(reader.GetString(0), limits[reader.GetString(0)], options.Value.BroadcastShare, reader.GetFieldValue<DateTimeOffset>(1),
                reader.GetFieldValue<DateTimeOffset>(2)));
        }

        return paces;
    }

    private static async Task<List<SmsToSend>> CandidatesAsync(
        NpgsqlConnection connection, string channel, (short From, short To) lanes, int most, DateTimeOffset now)
    {
        await using var command = new NpgsqlCommand(Candidates, connection)
        {
            Parameters = { new() { Value = channel }, new() { Value = now }, new() { Value = most }, new() { Value = lanes.From }, new() { Value = lanes.To } },
        };
        await using var reader = await command.ExecuteReaderAsync(CancellationToken.None);
        var candidates = new List<SmsToSend>();
        while (await reader.ReadAsync(CancellationToken.None))
        {
            candidates.Add(new(reader.GetGuid(0), reader.GetInt32(1), reader.GetInt32(2), now, reader.GetString(3), TextOrNull(reader, 4), reader.GetString(6),
                TextOrNull(reader, 7), reader.GetString(8))
            {
                Segments = reader.GetInt16(5),
            });
        }

        return candidates;
    }

    private static string? TextOrNull(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static NpgsqlBatchCommand Command(string sql, params object[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new() { Value = value });
        return command;
    }
}
