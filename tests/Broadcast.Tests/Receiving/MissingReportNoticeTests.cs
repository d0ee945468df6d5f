using System.Net;
using System.Net.Http.Json;
using Broadcast.Tests.Testing;
using Contracts.Directory;

namespace Broadcast.Tests.Receiving;

public sealed class MissingReportNoticeTests(TellingFixture fixture) : IClassFixture<TellingFixture>
{
    [Fact]
    public async Task BRO_7_new_reports_are_told_once_a_day_without_those_that_are_seen_to()
    {
        await fixture.StartInstanceAsync();
        var posts = new[] { fixture.HeadOfHealth, fixture.HealthClerk, fixture.HeadOfWorks, fixture.RegionalSecretary };
        var sent = await fixture.AddSentAsync(recipients: [.. posts.Select(post => (post, "Delivered"))]);
        // It is nine in the morning of Jakarta.
        await ReportAsync(sent, posts[0]);
        await ToldAsync(1);
        foreach (var post in posts[1..])
            await ReportAsync(sent, post);
        (await fixture.Client(roles: "Administrator").PostAsJsonAsync($"/api/broadcasts/{sent.Id}/missing-reports/{posts[3].Official}/closing", new { reason = "Sudah ditelepon" })).StatusCode
            .ShouldBe(HttpStatusCode.NoContent);

        fixture.Clock.Advance(TimeSpan.FromDays(1));
        await ToldAsync(2);
        await Eventually.TrueAsync(() => fixture.Database.ScalarAsync<bool>("select count(*) = 3 from missing_report_told"));
        (await fixture.Database.ScalarAsync<long>("select count(distinct day) from missing_report_told")).ShouldBe(2);
        fixture.Bus.Received<TellResponsible>().DistinctBy(told => told.Id).Count().ShouldBe(2);
    }

    private async Task ReportAsync(SentBroadcast.Sent sent, Post post) =>
        (await fixture.Client(post.Official).PutAsJsonAsync($"/api/broadcasts/mine/{sent.Id}/missing-report", new { })).StatusCode.ShouldBe(HttpStatusCode.NoContent);

    private Task<TellResponsible> ToldAsync(int reports) => fixture.Bus.GetAsync<TellResponsible>(told => told.Text.Contains($" {reports} penerima melapor ", StringComparison.Ordinal));
}
