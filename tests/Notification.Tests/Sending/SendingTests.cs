using Contracts.Notification;
using Microsoft.AspNetCore.Http;
using Notification.Tests.Testing;
using Npgsql;

namespace Notification.Tests.Sending;

public sealed class SendingTests(NotificationFixture service) : IClassFixture<NotificationFixture>
{
    [Fact]
    public async Task NOT_4_kannel_gets_number_text_and_the_address_of_the_report()
    {
        var to = NotificationFixture.Number();
        var order = NotificationFixture.Order(to, channel: "twilio", text: "Sudah diperbaiki 👍") with { From = "+6281100000002" };
        await service.Bus.PublishAsync(order);
        await service.StateIsAsync(order.SmsId, "AcceptedByProvider");
        service.Kannel.CallsTo(to).ShouldBe([new(to, "+6281100000002", "2", "31",
            $"http://kannel:{NotificationFixture.KannelSecret}@127.0.0.1:8080/webhooks/sms/kannel/status?id={order.SmsId}&status=%d&ts=%T",
            "sender", "sender-uji", "Sudah diperbaiki 👍", "")]);
    }

    [Fact]
    public async Task NOT_4_without_a_sender_the_channels_own_number_is_used_and_gsm_text_stays_gsm()
    {
        var to = NotificationFixture.Number();
        await service.StateIsAsync(await service.SendAsync(to), "AcceptedByProvider");
        var call = service.Kannel.CallsTo(to).ShouldHaveSingleItem();
        (call.From, call.Coding).ShouldBe((NotificationFixture.CityNumber, null));
    }

    public static TheoryData<string> UnknowableAnswers => ["silence", "reset", "rubbish", "half", "500"];

    [Theory]
    [MemberData(nameof(UnknowableAnswers))]
    public async Task NOT_4_what_nobody_can_know_is_uncertain_never_repeated_and_repaired_by_a_report(string fault)
    {
        var to = NotificationFixture.Number();
        service.Kannel.Script(to, fault switch
        {
            "silence" => FaultyKannel.IsSilent,
            "reset" => FaultyKannel.Resets,
            "rubbish" => FaultyKannel.Says(StatusCodes.Status200OK, "<html>0: Accepted</html>"),
            "500" => FaultyKannel.Says(StatusCodes.Status500InternalServerError, "Sending failed."),
            _ => static async context =>
            {
                context.Response.ContentLength = 100;
                context.Response.StatusCode = StatusCodes.Status202Accepted;
                await context.Response.WriteAsync("0: Acc");
                await context.Response.Body.FlushAsync();
                context.Abort();
            }
        });
        var id = await service.SendAsync(to);
        var told = await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id);
        (told.Status, told.Uncertain, told.Version).ShouldBe((DeliveryStatus.Pending, true, 1));

        service.Clock.Advance(TimeSpan.FromMinutes(10));
        await service.StateIsAsync(await service.SendAsync(NotificationFixture.Number()), "AcceptedByProvider");
        service.Kannel.CallsTo(to).Count.ShouldBe(1);
        (await service.StateAsync(id)).ShouldBe("Uncertain");

        await service.LearnAsync(id, "1");
        var repaired = await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id && told.Version == 2);
        (repaired.Status, repaired.Uncertain).ShouldBe((DeliveryStatus.Delivered, false));
    }

    [Fact]
    public async Task NOT_4_a_known_refusal_for_now_is_tried_again()
    {
        var to = NotificationFixture.Number();
        service.Kannel.Script(to, FaultyKannel.Says(503, "Temporal failure, try again later."), FaultyKannel.Says(403, "Authorization failed for sendsms"));
        var id = await service.SendAsync(to);
        await Eventually.TrueAsync(async () =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(5));
            return await service.StateAsync(id) == "AcceptedByProvider";
        });
        service.Kannel.CallsTo(to).Count.ShouldBe(3);
        service.Bus.Received<DeliveryStatusChanged>().Where(told => told.SmsId == id).ShouldAllBe(told => told.Status == DeliveryStatus.Pending && !told.Uncertain);
    }

    [Fact]
    public async Task NOT_4_a_provider_that_gets_too_much_is_left_alone_as_long_as_it_wants_and_the_attempt_does_not_count()
    {
        var (to, other) = (NotificationFixture.Number(), NotificationFixture.Number());
        service.Kannel.Script(to, static context =>
        {
            context.Response.Headers.RetryAfter = "40";
            return FaultyKannel.Says(StatusCodes.Status429TooManyRequests, "slower")(context);
        });
        var first = await service.SendAsync(to);
        await Eventually.GetAsync(() => service.HistoryAsync(first), count => count == 1);
        service.Clock.Advance(TimeSpan.FromSeconds(39));
        // The sandbox goes on; what is asked for after it on the blocked channel is not even tried.
        var second = await service.SendAsync(other);
        await service.StateIsAsync(await service.SendAsync(NotificationFixture.Number(), channel: "sandbox"), "Delivered");
        (await service.StateAsync(first), await service.StateAsync(second)).ShouldBe(("Queued", "Queued"));
        (await service.Database.ScalarAsync<int>($"select attempts from sms where id = '{first}'")).ShouldBe(0);

        service.Clock.Advance(TimeSpan.FromSeconds(2));
        await service.StateIsAsync(first, "AcceptedByProvider");
        await service.StateIsAsync(second, "AcceptedByProvider");
        (await service.Database.ScalarAsync<int>($"select attempts from sms where id = '{first}'")).ShouldBe(1);
        service.Kannel.CallsTo(to).Count.ShouldBe(2);
    }

    [Fact]
    public async Task NOT_4_a_refusal_for_good_is_failed_with_its_reason()
    {
        var to = NotificationFixture.Number();
        service.Kannel.Script(to, FaultyKannel.Says(403, "Not routable. Do not try again."));
        var id = await service.SendAsync(to);
        var told = await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id);
        (told.Status, told.Reason).ShouldBe((DeliveryStatus.Failed, "not-routable"));
    }

    [Fact]
    public async Task NOT_4_a_provider_that_is_away_makes_sms_wait_and_then_expire_but_never_uncertain()
    {
        var id = await service.SendAsync(NotificationFixture.Number(), channel: "away");
        await Eventually.GetAsync(() => service.HistoryAsync(id), count => count == 1);
        (await service.StateAsync(id)).ShouldBe("Queued");
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        (await service.Client().GetStringAsync("/health/ready")).ShouldContain("an SMS waits");

        service.Clock.Advance(TimeSpan.FromHours(24));
        var told = await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id);
        (told.Status, told.Reason, told.Uncertain).ShouldBe((DeliveryStatus.Failed, "expired", false));
        await service.SignInIsFreshAsync();
    }

    [Fact]
    public async Task NOT_4_an_intent_whose_process_died_is_listed_as_uncertain_and_not_sent_again()
    {
        var id = await service.HandedOverAsync("kannel", state: "Intent");
        service.Clock.Advance(TimeSpan.FromSeconds(61));
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id)).Uncertain.ShouldBeTrue();
        await service.LearnAsync(id, "8");
        (await service.StateAsync(id)).ShouldBe("AcceptedByOperator");
    }

    [Fact]
    public async Task NOT_4_a_process_that_was_frozen_between_intent_and_call_does_not_call()
    {
        // A lock in the commit of this one intent freezes its sender; meanwhile six seconds pass.
        var to = NotificationFixture.Number();
        var order = NotificationFixture.Order(to);
        await service.Database.ExecuteAsync($$"""
            create function hold_commit() returns trigger language plpgsql as $body$ begin perform pg_advisory_xact_lock(7); return null; end $body$;
            create constraint trigger hold_commit after update on sms deferrable initially deferred for each row
              when (new.id = '{{order.SmsId}}' and new.state = 'Intent' and new.lease_no = 1) execute function hold_commit();
            """);
        await using var connection = new NpgsqlConnection(service.Database.Administrator);
        await connection.OpenAsync();
        await using var freeze = new NpgsqlCommand("select pg_advisory_lock(7)", connection);
        await freeze.ExecuteNonQueryAsync();
        await service.Bus.PublishAsync(order);
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>("select exists (select from pg_locks where locktype = 'advisory' and objid = 7 and not granted)"));
        service.Clock.Advance(TimeSpan.FromSeconds(6));
        await using var thaw = new NpgsqlCommand("select pg_advisory_unlock(7)", connection);
        await thaw.ExecuteNonQueryAsync();

        await Eventually.TrueAsync(async () =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(1));
            return await service.StateAsync(order.SmsId) == "AcceptedByProvider";
        });
        service.Kannel.CallsTo(to).Count.ShouldBe(1);
        (await service.Database.ScalarAsync<int>($"select lease_no from sms where id = '{order.SmsId}'")).ShouldBe(2);
    }

    [Fact]
    public async Task NOT_4_an_outcome_survives_a_database_that_goes_away_during_the_call()
    {
        var to = NotificationFixture.Number();
        var release = new TaskCompletionSource();
        service.Kannel.Script(to, FaultyKannel.AnswersAfter(release.Task));
        var id = await service.SendAsync(to);
        await Eventually.TrueAsync(() => Task.FromResult(service.Kannel.CallsTo(to).Count == 1));
        await service.Database.ExecuteAsync("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename like '%_app'");
        release.SetResult();
        await service.StateIsAsync(id, "AcceptedByProvider");
        service.Kannel.CallsTo(to).Count.ShouldBe(1);
    }

    [Fact]
    public async Task NOT_4_sandbox_numbers_play_each_outcome_to_its_end()
    {
        var expected = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["100"] = "Delivered",
            ["002"] = "Failed",
            ["003"] = "AcceptedByOperator",
            ["004"] = "Uncertain",
            ["005"] = "Failed",
            ["007"] = "Delivered",
            ["008"] = "Expired",
            ["009"] = "Delivered",
        };
        foreach (var (digits, state) in expected)
            await service.StateIsAsync(await service.SendAsync(NotificationFixture.Number(digits), channel: "sandbox"), state);
    }

    [Fact]
    public async Task NOT_4_answers_to_citizens_go_before_what_the_system_says()
    {
        // Many that become due at one moment, the least important first; the order of the answers is the order of the lanes.
        var held = service.Clock.GetUtcNow().AddSeconds(10);
        var ids = new List<Guid>();
        foreach (var purpose in new[] { SmsPurpose.AutoAnswer, SmsPurpose.Answer })
        {
            for (var i = 0; i < 100; i++)
            {
                var id = await service.HandedOverAsync("sandbox", state: "Queued");
                ids.Add(id);
                await service.Database.ExecuteAsync($"""
                    insert into sms_content (sms_id, number, text) values ('{id}', '{NotificationFixture.Number()}', 'x');
                    update sms set purpose = '{purpose}', lane = {(purpose == SmsPurpose.Answer ? 20 : 30)}, next_attempt_at = '{held:O}' where id = '{id}'
                    """);
            }
        }

        service.Clock.Advance(TimeSpan.FromSeconds(11));
        var list = string.Join(',', ids.Select(id => $"'{id}'"));
        await Eventually.TrueAsync(async () => await service.Database.ScalarAsync<long>($"select count(*) from sms where id in ({list}) and state = 'Delivered'") == ids.Count);
        Task<double> MeanPlaceAsync(SmsPurpose purpose) => service.Database.ScalarAsync<double>($"""
            select avg(e.seq)::float8 from delivery_event e join sms s on s.id = e.sms_id
            where s.id in ({list}) and s.purpose = '{purpose}' and e.source = 'answer'
            """);
        (await MeanPlaceAsync(SmsPurpose.Answer)).ShouldBeLessThan(await MeanPlaceAsync(SmsPurpose.AutoAnswer));
    }
}
