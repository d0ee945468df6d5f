using System.Globalization;

namespace UnderFire.Tests.Load;

/// <summary>A call of a provider, and when it falls due.</summary>
internal sealed record Call(TimeSpan At, IReadOnlyList<Sms> Sms);

/// <summary>
/// What citizens write while the load lasts: through five providers; one in five comes again, half of these at the same moment; one in ten is so long that it comes
/// in parts, in any order among everything else. The same seed gives the same.
/// </summary>
/// <param name="Calls">In the order of their times.</param>
/// <param name="Late">Parts that come when nobody waits for them any longer.</param>
/// <param name="Expected">All that must stand at the end, and nothing else.</param>
/// <param name="Parts">Every part that is delivered, by name.</param>
/// <param name="Pairs">Ids of messages with the same words, moments apart.</param>
internal sealed record Traffic(
    IReadOnlyList<Call> Calls, IReadOnlyList<Call> Late, IReadOnlyList<Written> Expected, IReadOnlyList<string> Parts, IReadOnlyList<string> Pairs)
{
    /// <summary>What an operator may hold back a part or a repeat for, at most: a quarter of a small load.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(20);

    private const int LargestBatch = 5;

    private static readonly string[] Providers = ["kannel", "infobip", "twilio", "kannel", "vonage", "infobip", "kannel", "generic"];

    // Exact to the last character: extension tables, planes of Unicode, space that nobody sees.
    private static readonly string[] Words =
    [
        "lampu jalan mati", "stok obat [habis] {sejak kemarin} ~ 100€ ^ | \\", "jalan rusak 🚧🙏 depan pasar", "ꦱꦸꦫꦠ ꦢꦶꦥꦼꦂꦭꦺꦴꦏꦺ", "baris satu\nbaris dua\r\n\tbaris tiga  ", "ñÑüÖàé £$¥ §¿¡ @kota",
        "e\u0301 bukan \u00e9", "👩‍👩‍👧‍👦 antre\u00a0lama\u200b", "a & b = c + d %20 <b>\"kutip\"</b> '", "сообщение 你好 مرحبا",
    ];

#pragma warning disable CA5394 // Not for secrets: the same again from its seed.
    /// <param name="count">Messages of citizens; repeats and parts come on top.</param>
    /// <param name="perSecond">How many of them in a second.</param>
    /// <param name="run">Makes ids unique.</param>
    /// <param name="keyword">Of the position that most write to.</param>
    /// <param name="newCitizen">A number that nobody had before.</param>
    /// <param name="seed">Of what is left to chance.</param>
    public static Traffic Of(int count, int perSecond, string run, string keyword, Func<string> newCitizen, int seed)
    {
        var random = new Random(seed);
        var (flow, late, expected, pairs) = (new List<(TimeSpan At, Sms Sms)>(), new List<Sms>(), new List<Written>(), new List<string>());
        var most = TimeSpan.FromSeconds(Math.Min(LongestDelay.TotalSeconds, count / (4.0 * perSecond)));
        for (var i = 0; i < count; i++)
        {
            var (at, from, id) = (TimeSpan.FromSeconds((double)i / perSecond), newCitizen(), $"{run}-{i}");
            if (i % 10 == 9)
            {
                Long(i / 10, at, from, id);
                continue;
            }

            var isLost = i % 40 == 3;
            var sms = new Sms(Providers[(i + i / 10) % Providers.Length], id, from, $"{(isLost ? "apa kabar" : i % 20 == 4 ? $"rahasia {keyword}" : keyword)} {i} {Words[(i + i / 10) % Words.Length]}");
            Come(at, sms, isLost ? "" : keyword);
            if (i % 50 == 10)
            {
                // The network, or a thumb: the same words under another id.
                var again = sms with { Id = $"{id}-lagi" };
                Come(at + Delay() / 4, again, keyword);
                pairs.Add(Written.Pair(sms.Id, again.Id));
            }
        }

        flow.Sort((one, other) => one.At.CompareTo(other.At));
        var calls = flow.Where(one => one.Sms.Channel != "infobip").Select(one => new Call(one.At, [one.Sms]))
            .Concat(flow.Where(one => one.Sms.Channel == "infobip").Chunk(LargestBatch).Select(batch => new Call(batch[^1].At, [.. batch.Select(one => one.Sms)])));
        var delivered = flow.Select(one => one.Sms).Concat(late).Where(sms => sms.Place is not null).Select(sms => sms.PartName).Distinct(StringComparer.Ordinal);
        return new([.. calls.OrderBy(call => call.At)], [.. late.Select(part => new Call(TimeSpan.Zero, [part]))], expected, [.. delivered], pairs);

        TimeSpan Delay() => random.NextDouble() * most;

        void Come(TimeSpan at, Sms sms, string to)
        {
            Send(at, sms);
            expected.Add(new(sms.Channel, sms.Id, sms.From, to, IsIncomplete: false, sms.Text));
        }

        void Send(TimeSpan at, Sms sms)
        {
            flow.Add((at, sms));
            switch (random.Next(10))
            {
                case 0: flow.Add((at, sms)); break;
                case 1: flow.Add((at + Delay(), sms)); break;
            }
        }

        void Long(int n, TimeSpan at, string from, string id)
        {
            var whole = LongText(n, keyword);
            var parts = LongMessage.Parts(n % LongMessage.Ways, id, from, whole, (byte)random.Next(256));
            // Of 20: one lacks a part for good, one until it is too late; of one the network repeats a part under another id.
            var lacks = n % 20 is 5 or 17 ? n / 20 % parts.Count : -1;
            foreach (var part in parts.Where((_, index) => index != lacks))
                Send(at + Delay(), part);
            if (n % 20 == 12)
                Send(at + Delay(), parts[^1] with { Id = $"{id}.lagi" });
            var to = lacks == 0 ? "" : keyword;
            var text = lacks < 0 ? whole : string.Concat(parts.Where((_, index) => index != lacks).Select(part => part.Text));
            expected.Add(new(parts[0].Channel, Id: "", from, to, IsIncomplete: lacks >= 0, text));
            if (n % 20 == 17)
            {
                late.Add(parts[lacks]);
                expected.Add(new(parts[0].Channel, Id: "", from, to, IsIncomplete: true, parts[lacks].Text));
            }
        }
    }

#pragma warning restore CA5394

    /// <summary>Of two parts at least. Where octets are delivered, the end of the first cuts a character that is two units.</summary>
    private static string LongText(int n, string keyword)
    {
        var (way, begin) = (n % LongMessage.Ways, string.Create(CultureInfo.InvariantCulture, $"{keyword} panjang {n} "));
        return (way switch
        {
            3 => begin.PadRight(152, 'x') + "€",
            4 => begin.PadRight(65, 'x') + "🙏",
            1 => begin + "🙏🚧",
            _ => begin,
        }) + string.Concat(Enumerable.Repeat(way is 1 or 4 ? "jalan 🚧 rusak ꦗꦭꦤ 👩‍👩‍👧 di sini; " : "jalan {rusak} [berat] ~ 10€ ñü, di sini; ", 5 + n % 4));
    }
}
