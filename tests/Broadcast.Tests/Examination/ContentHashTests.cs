using System.Text;
using Broadcast.Examination;
using Broadcast.Storage;

namespace Broadcast.Tests.Examination;

public sealed class ContentHashTests
{
    private static readonly Guid Id = Guid.CreateVersion7();
    private static readonly DateTimeOffset At = new(2026, 1, 6, 2, 0, 0, TimeSpan.Zero);

    private static byte[] Hash(
        BroadcastKind kind = BroadcastKind.Information, bool emergency = false, string subject = "Rapat", int no = 1, string text = "Jum'at", string? sender = null, string channel = "",
        DateTimeOffset? sendAt = null, int late = 60, DateTimeOffset? until = null, string? invitation = null, AnswerMode answers = AnswerMode.None, string audience = """{"include":[]}""",
        bool arrivals = false, byte list = 1) => ContentHash.Of(
            new() { Id = Id, Kind = kind, IsEmergency = emergency, Subject = subject },
            new() { BroadcastId = Id, No = no, Text = text, SenderId = sender, Channel = channel, SendAt = sendAt, LateAfterMinutes = late, ValidUntil = until, Invitation = invitation, Answers = answers, Audience = audience, WithArrivals = arrivals },
            [list]);

    [Fact]
    public void BRO_4_whatever_is_changed_is_another_hash()
    {
        List<byte[]> hashes =
        [
            Hash(), Hash(kind: BroadcastKind.Question), Hash(emergency: true), Hash(subject: "Rapat "), Hash(no: 2), Hash(text: "Jum\u2019at"), Hash(sender: "PEMKOT"), Hash(channel: "b"),
            Hash(sendAt: At), Hash(sendAt: At.AddTicks(10)), Hash(late: 61), Hash(until: At), Hash(invitation: """{"place":"Aula"}"""), Hash(answers: AnswerMode.Free),
            Hash(audience: """{"include":[{"unitId":"x"}]}"""), Hash(audience: """{"include":[],"exclude":[]}"""), Hash(arrivals: true), Hash(list: 2),
        ];
        hashes.ConvertAll(Convert.ToHexString).Distinct(StringComparer.Ordinal).Count().ShouldBe(hashes.Count);
    }

    [Fact]
    public void BRO_4_what_only_looks_different_in_the_database_is_the_same_hash()
    {
        Hash(text: "e\u0301").ShouldBe(Hash(text: "e\u0301".Normalize(NormalizationForm.FormC)));
        Hash(audience: """{"include": [{"unitId": "x", "grades": ["a"]}]}""").ShouldBe(Hash(audience: """{"include":[{"grades":["a"],"unitId":"x"}]}"""));
        Hash(sendAt: At).ShouldBe(Hash(sendAt: At.ToOffset(TimeSpan.FromHours(7))));
        Hash(sendAt: At.AddTicks(1)).ShouldBe(Hash(sendAt: At));
    }
}
