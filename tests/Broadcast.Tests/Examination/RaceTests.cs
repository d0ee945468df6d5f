using System.Net;
using System.Text.Json;
using Broadcast.Tests.Testing;

namespace Broadcast.Tests.Examination;

/// <summary>Who presses at the same moment: one wins, the others are told, and nothing is ever to be sent that nobody has approved.</summary>
public sealed class RaceTests(BroadcastFixture city) : IClassFixture<BroadcastFixture>, IAsyncLifetime
{
    private const int Rounds = 15;

    public async ValueTask InitializeAsync() => await city.StartInstanceAsync();

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>What is scheduled has an approval of exactly the revision that counts, over its hash.</summary>
    private Task<long> UnapprovedAsync() => city.Database.ScalarAsync<long>("""
        select count(*) from broadcast b join revision r on r.broadcast_id = b.id and r.no = b.revision
        where b.state not in ('Draft', 'Submitted', 'Rejected', 'Cancelled')
          and not exists (select from decision d where d.broadcast_id = b.id and d.revision = b.revision and d.outcome in ('Approved', 'Released') and d.signed_hash = r.content_hash)
        """);

    private static void ShouldHaveOneWinner(HttpResponseMessage[] answers)
    {
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(answers.Length - 1);
    }

    [Fact]
    public async Task BRO_4_of_an_approval_and_a_change_one_wins()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var submitted = await city.SubmittedAsync();
            ShouldHaveOneWinner(await Task.WhenAll(city.ApproveAsync(submitted), city.TryWordAsync(submitted.Broadcast, "diubah"),
                city.ActAsync(submitted.Broadcast, "return", city.Chair(), "lain"), city.ActAsync(submitted.Broadcast, "submission/withdrawal", city.Administrator())));
            (await UnapprovedAsync()).ShouldBe(0);
        }
    }

    [Fact]
    public async Task BRO_4_of_several_approvals_on_two_instances_one_counts()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var submitted = await city.SubmittedAsync();
            ShouldHaveOneWinner(await Task.WhenAll(Enumerable.Range(0, 6).Select(n => city.ApproveAsync(submitted, city.Client(instance: n % 2, roles: "Chair")))));
            (await city.Database.ScalarAsync<long>($"select count(*) from decision where broadcast_id = '{submitted.Broadcast.GetProperty("id").GetString()}'")).ShouldBe(1);
        }

        (await UnapprovedAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task BRO_4_of_several_submissions_one_counts_and_its_list_is_whole()
    {
        var worded = await city.WordAsync(await city.RequestAsync());
        ShouldHaveOneWinner(await Task.WhenAll(Enumerable.Range(0, 4).Select(n => city.ActAsync(worded, "submission", city.Client(instance: n % 2, roles: "Administrator")))));
        var now = await city.NowAsync(worded);
        now.State.ShouldBe("Submitted");
        (await city.ApproveAsync((now, await HashAsync(now)))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private Task<string> HashAsync(JsonElement broadcast) => city.Database.ScalarAsync<string>(
        $"select encode(content_hash, 'hex') from revision where broadcast_id = '{broadcast.GetProperty("id").GetString()}' order by no desc limit 1");
}
