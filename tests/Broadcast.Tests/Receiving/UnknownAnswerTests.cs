using Broadcast.Tests.Testing;
using Contracts.Directory;
using Contracts.InboundSms;

namespace Broadcast.Tests.Receiving;

/// <summary>A service that looks each second whether there is something to tell.</summary>
public sealed class TellingFixture : BroadcastFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => new Dictionary<string, string?>(base.Settings) { ["Receiving:LookEvery"] = "00:00:01" };
}

public sealed class UnknownAnswerTests(TellingFixture fixture) : IClassFixture<TellingFixture>
{
    [Fact]
    public async Task BRO_8_answers_that_fit_nobody_are_told_once_a_day_by_one_of_several_instances()
    {
        await fixture.StartInstanceAsync();
        var sent = await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered")]);
        // It is nine in the morning of Jakarta.
        await UnknownAsync(sent);
        await ToldAsync(1);
        await UnknownAsync(sent);
        await UnknownAsync(sent);
        // A person has seen it before it is told.
        var seen = await UnknownAsync(sent);
        await fixture.Database.ExecuteAsync($"insert into unknown_answer_closing (answer_id, reason, closed_by, closed_at) values ('{seen.MessageId}', 'Dari warga', 'uji', now())");
        await fixture.AnswerBySmsAsync(sent.Number, fixture.HeadOfHealth.Number!, "siap");

        // To two minutes before eight, and past it: what came on the first day after the notice was not told on that day.
        fixture.Clock.Advance(TimeSpan.FromHours(22) + TimeSpan.FromMinutes(58));
        await UnknownAsync(sent);
        fixture.Clock.Advance(TimeSpan.FromMinutes(3));
        await ToldAsync(3);
        fixture.Clock.Advance(TimeSpan.FromDays(1));
        await UnknownAsync(sent);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select count(*) = 5 from unknown_answer_told"));
        await Eventually.GetAsync(() => Task.FromResult(fixture.Bus.Received<TellResponsible>().Count), count => count == 3);
        (await fixture.Database.ScalarAsync<long>("select count(distinct day) from unknown_answer_told")).ShouldBe(3);
    }

    private Task<OfficialAnswered> UnknownAsync(SentBroadcast.Sent sent) => fixture.AnswerBySmsAsync(sent.Number, "+6281370000009", "lampu jalan padam");

    private Task<TellResponsible> ToldAsync(int answers) => fixture.Bus.GetAsync<TellResponsible>(told => told.Text.Contains($" {answers} jawaban ", StringComparison.Ordinal));
}
