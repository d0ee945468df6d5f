using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Broadcast.Privacy;
using Broadcast.Tests.Testing;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Broadcast.Tests.Privacy;

public sealed class PersonTests(BroadcastFixture fixture) : IClassFixture<BroadcastFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Pseudonyms Pseudonyms => fixture.Services.GetRequiredService<Pseudonyms>();

    [Fact]
    public async Task PLT_9_a_person_gets_what_went_to_his_number_and_came_from_it()
    {
        var post = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf");
        var sent = await fixture.AddSentAsync("Free", recipients: [(post, "Delivered"), (fixture.HeadOfHealth, "Delivered")]);
        await AnsweredAsync(sent, post.Number!, "saya hadir");
        await AnsweredAsync(sent, fixture.HeadOfHealth.Number!, "orang lain");
        var data = await ExportAsync(post.Number!);
        data.GetProperty("lists").EnumerateArray().ShouldHaveSingleItem().GetProperty("broadcast").GetInt64().ShouldBe(sent.Number);
        data.GetProperty("answersBySms").EnumerateArray().ShouldHaveSingleItem().GetProperty("text").GetString().ShouldBe("saya hadir");
        data.ToString().ShouldNotContain("orang lain");
    }

    [Fact]
    public async Task PLT_9_number_and_words_are_removed_and_the_figures_stay()
    {
        var post = await fixture.AddPostAsync(fixture.Health, "Staff", "Staf");
        var (over, open) = (await fixture.AddSentAsync("Free", recipients: [(post, "Delivered"), (fixture.HeadOfHealth, "Delivered")]),
            await fixture.AddSentAsync("Free", state: "Paused", recipients: [(post, "Ordered")]));
        await AnsweredAsync(over, post.Number!, "saya hadir");
        (await EraseAsync(post.Number!)).ShouldBe((2, "number erased in 1 lists, words of 1 answers; not erased: 1 lists of broadcasts that are not over; do this again when they are"));
        (await fixture.Database.ScalarAsync<long>($"select count(*) from recipient where number = '{post.Number}'")).ShouldBe(1);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from recipient where broadcast_id = '{over.Id}' and state = 'Delivered'")).ShouldBe(2);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from answer where broadcast_id = '{over.Id}'")).ShouldBe(1);
        await fixture.Database.ExecuteAsync($"update broadcast set state = 'Completed' where id = '{open.Id}'");
        (await EraseAsync(post.Number!)).Exit.ShouldBe(0);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from recipient where number = '{post.Number}'")).ShouldBe(0);
    }

    [Fact]
    public async Task PLT_9_numbers_and_words_go_after_the_owners_time_and_not_before()
    {
        var (old, young, open) = (await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered")]), await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered")]),
            await fixture.AddSentAsync(state: "Paused", recipients: [(fixture.HeadOfHealth, "Ordered")]));
        await fixture.Database.ExecuteAsync($"""
            update broadcast set ended_at = now() - interval '366 days' where id = '{old.Id}';
            update broadcast set ended_at = now() - interval '364 days' where id = '{young.Id}';
            update broadcast set changed_at = now() - interval '9 years' where id = '{open.Id}';
            insert into answer (id, broadcast_id, number, official_id, via, at) values ('{old.Id}', '{old.Id}', 1, '{fixture.HeadOfHealth.Official}', 'Web', now() - interval '366 days');
            insert into answer_content (answer_id, text) values ('{old.Id}', 'lama');
            """);
        var retention = fixture.Services.GetRequiredService<ApplyRetention>();
        await Eventually.TrueAsync(async () => await retention.EraseAsync(Stop) == 0);
        Task<long> NumbersAsync(Guid id) => fixture.Database.ScalarAsync<long>($"select count(*) from recipient where broadcast_id = '{id}' and number is not null");
        (await NumbersAsync(old.Id), await NumbersAsync(young.Id), await NumbersAsync(open.Id)).ShouldBe((0, 1, 1));
        (await fixture.Database.ScalarAsync<long>($"select count(*) from answer_content where answer_id = '{old.Id}'")).ShouldBe(0);
        (await fixture.Database.ScalarAsync<long>($"select count(*) from answer where id = '{old.Id}'")).ShouldBe(1);

        await using var owner = NpgsqlDataSource.Create(fixture.Database.Administrator);
        using var said = new StringWriter();
        (await PersonRequests.KeepAsync(owner, "Broadcast 363", said, Stop)).ShouldBe(0);
        await Eventually.TrueAsync(async () => await retention.EraseAsync(Stop) == 0);
        (await NumbersAsync(young.Id)).ShouldBe(0);
        foreach (var wrong in new[] { "Broadcast 6", "Broadcast", "Sms 90", "", "Broadcast -1" })
            (await PersonRequests.KeepAsync(owner, wrong, said, Stop)).ShouldBe(2, wrong);
        await PersonRequests.KeepAsync(owner, "Broadcast 365", said, Stop);
    }

    [Theory]
    [InlineData("Draft", true)]
    [InlineData("Submitted", true)]
    [InlineData("Late", true)]
    [InlineData("Scheduled", false)]
    [InlineData("Paused", false)]
    public async Task PLT_9_numbers_of_what_was_abandoned_go_too_and_those_of_a_new_list_again(string state, bool go)
    {
        var (id, list) = await fixture.FreezeAsync(new() { Include = [new() { UnitId = fixture.City }] });
        var retention = fixture.Services.GetRequiredService<ApplyRetention>();
        async Task<long> LeftAsync()
        {
            await Eventually.TrueAsync(async () => await retention.EraseAsync(Stop) == 0);
            return await fixture.Database.ScalarAsync<long>($"select count(*) from recipient where broadcast_id = '{id}' and state = 'Listed' and number is not null");
        }

        await fixture.Database.ExecuteAsync($"""
            update revision set send_at = '2099-01-01' where broadcast_id = '{id}';
            alter table broadcast disable trigger broadcast_is_approved;
            update broadcast set state = '{state}', changed_at = now() - interval '366 days' where id = '{id}';
            alter table broadcast enable trigger broadcast_is_approved
            """);
        (await LeftAsync()).ShouldBe(go ? 0 : list.Recipients);
        if (!go)
            return;
        await fixture.FreezeAgainAsync(id, fixture.Clock.GetUtcNow());
        (await fixture.Database.ScalarAsync<long>($"select count(*) from recipient where broadcast_id = '{id}' and state = 'Listed' and number is not null")).ShouldBe(list.Recipients);
        (await LeftAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task PLT_9_what_is_resent_or_reported_after_the_list_was_erased_goes_by_its_own_age()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Delivered"), (fixture.HealthClerk, "Delivered")]);
        await fixture.Database.ExecuteAsync($"update broadcast set numbers_erased_at = now() - interval '9 years' where id = '{sent.Id}'");
        foreach (var (post, days, attempt) in new[] { (fixture.HeadOfHealth, 366, 1), (fixture.HealthClerk, 364, 2) })
        {
            await fixture.Database.ExecuteAsync($"""
                insert into resend (sms_id, broadcast_id, official_id, attempt, reason, ordered_by, ordered_at, number, state, status_version, at_operator, is_uncertain, changed_at)
                values (gen_random_uuid(), '{sent.Id}', '{post.Official}', {attempt}, 'uji', 'uji', now() - interval '{days} days', '{post.Number}', 'Ordered', 0, false, false, now());
                insert into resend (sms_id, broadcast_id, official_id, attempt, reason, ordered_by, ordered_at, via, email, state, status_version, at_operator, is_uncertain, changed_at)
                values (gen_random_uuid(), '{sent.Id}', '{post.Official}', {attempt + 2}, 'uji', 'uji', now() - interval '{days} days', 'Email', '{attempt}@dinkes.example.id', 'Ordered', 0, false, false, now());
                insert into missing_report (broadcast_id, official_id, note, reported_at) values ('{sent.Id}', '{post.Official}', 'HP saya ganti', now() - interval '{days} days')
                """);
        }

        var retention = fixture.Services.GetRequiredService<ApplyRetention>();
        await Eventually.TrueAsync(async () => await retention.EraseAsync(Stop) == 0);
        (await fixture.Database.ScalarAsync<string>($"select string_agg(number, ' ') from resend where broadcast_id = '{sent.Id}'")).ShouldBe(fixture.HealthClerk.Number);
        (await fixture.Database.ScalarAsync<string>($"select string_agg(email, ' ') from resend where broadcast_id = '{sent.Id}'")).ShouldBe("2@dinkes.example.id");
        (await fixture.Database.ScalarAsync<Guid>($"select official_id from missing_report where broadcast_id = '{sent.Id}' and note is not null")).ShouldBe(fixture.HealthClerk.Official);
    }

    [Fact]
    public async Task PLT_9_an_address_that_something_was_resent_to_is_told_and_removed()
    {
        var sent = await fixture.AddSentAsync(recipients: [(fixture.HeadOfHealth, "Skipped:no-number")]);
        await fixture.Database.ExecuteAsync($"""
            insert into resend (sms_id, broadcast_id, official_id, attempt, reason, ordered_by, ordered_at, via, email, state, status_version, at_operator, is_uncertain, changed_at)
            values (gen_random_uuid(), '{sent.Id}', '{fixture.HeadOfHealth.Official}', 1, 'uji', 'uji', now(), 'Email', 'Kepala@dinkes.example.id', 'Ordered', 0, false, false, now())
            """);
        await using var owner = NpgsqlDataSource.Create(fixture.Database.Administrator);
        using var output = new StringWriter();
        (await PersonRequests.ExportAddressAsync(new(owner, "kepala@dinkes.example.id", output, Stop))).ShouldBe(0);
        JsonDocument.Parse(output.ToString()).RootElement.GetProperty("resent").EnumerateArray().ShouldHaveSingleItem().GetProperty("broadcast").GetInt64().ShouldBe(sent.Number);
        (await PersonRequests.EraseAddressAsync(new(owner, "kepala@dinkes.example.id", output, Stop))).ShouldBe(0);
        output.ToString().ShouldContain("address erased in 1 resends");
        (await fixture.Database.ScalarAsync<long>($"select count(*) from resend where broadcast_id = '{sent.Id}' and via = 'Email' and email is null")).ShouldBe(1);
    }

    [Fact]
    public async Task PLT_9_an_answer_that_was_found_to_be_somebodys_is_told_once_and_removed_with_its_copy()
    {
        const string Number = "+6281370000031";
        var sent = await fixture.AddSentAsync("Free", recipients: [(fixture.HeadOfHealth, "Delivered")]);
        var told = await fixture.AnswerBySmsAsync(sent.Number, Number, "dari HP lain");
        (await fixture.Client(null, 0, "Administrator").PostAsJsonAsync($"/api/broadcasts/unknown-answers/{told.MessageId}/closing", new { reason = "Ditelepon", officialId = fixture.HeadOfHealth.Official }))
            .StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await ExportAsync(Number)).GetProperty("answersBySms").EnumerateArray().ShouldHaveSingleItem().GetProperty("text").GetString().ShouldBe("dari HP lain");
        await EraseAsync(Number);
        (await fixture.Database.ScalarAsync<long>("select count(*) from answer_content where text = 'dari HP lain'")).ShouldBe(0);
    }

    [Fact]
    public void PLT_9_these_are_verbs_of_the_program() =>
        new[] { "--export-person", "--erase-person", "--keep" }.ShouldBeSubsetOf(fixture.Services.GetServices<Verb>().Select(verb => verb.Name));

    private Task<Contracts.InboundSms.OfficialAnswered> AnsweredAsync(SentBroadcast.Sent sent, string from, string text) => fixture.AnswerBySmsAsync(sent.Number, from, text);

    private async Task<JsonElement> ExportAsync(string number)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.Database.Administrator);
        using var output = new StringWriter();
        (await PersonRequests.ExportAsync(new(owner, number, output, Stop), Pseudonyms)).ShouldBe(0);
        return JsonDocument.Parse(output.ToString()).RootElement;
    }

    private async Task<(int Exit, string Said)> EraseAsync(string number)
    {
        await using var owner = NpgsqlDataSource.Create(fixture.Database.Administrator);
        using var output = new StringWriter();
        return (await PersonRequests.EraseAsync(new(owner, number, output, Stop), Pseudonyms), output.ToString().TrimEnd());
    }
}
