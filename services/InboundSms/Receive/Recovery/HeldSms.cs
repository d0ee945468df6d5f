using InboundSms.Receive.Parts;
using Npgsql;

namespace InboundSms.Receive.Recovery;

/// <summary>
/// What of a list is held here already, as a message or as a part: Vonage lists parts and does not say so. Held with other words, the list is the last place that tells
/// them: a provider that gives an id a second time, or a door through which somebody else came.
/// </summary>
internal static class HeldSms
{
    // No words: the provider has erased them from its list. What we decoded ourselves, a list tells in its own way.
    private const string Ask = """
        select asked.ordinal, bool_and(held.is_other and asked.text <> '')
        from unnest($2, $3, $4, $5) with ordinality as asked (account, id, sender, text, ordinal)
        cross join lateral (
          select length(c.salt) > 0 and (c.sender, c.text) is distinct from (asked.sender, asked.text) as is_other
          from message m join message_content c on c.message_id = m.id where m.channel = $1 and m.account = asked.account and m.provider_message_id = asked.id
          union all
          select length(c.salt) > 0 and c.coding is null and (c.sender, c.text) is distinct from (asked.sender, asked.text)
          from message_part p join message_part_content c on c.part_id = p.id where p.channel = $1 and p.account = asked.account and p.provider_message_id = asked.id
        ) held group by asked.ordinal
        """;

    /// <summary>By place in the list; true: with other words.</summary>
    public static async Task<Dictionary<int, bool>> FindAsync(NpgsqlConnection connection, string channel, IReadOnlyList<ReceivedSms> listed, CancellationToken stop)
    {
        await using var command = new NpgsqlCommand(Ask, connection);
        command.Parameters.Add(new() { Value = channel });
        foreach (var column in new Func<IncomingSms, string>[] { sms => sms.Account, sms => sms.ProviderMessageId, StorePart.SenderOf, sms => sms.Text })
            command.Parameters.Add(new() { Value = listed.Select(one => column(one.Sms).Replace('\0', '\uFFFD')).ToArray() });
        await using var reader = await command.ExecuteReaderAsync(stop);
        var held = new Dictionary<int, bool>();
        while (await reader.ReadAsync(stop))
            held.Add((int)reader.GetInt64(0) - 1, reader.GetBoolean(1));
        return held;
    }
}
