using Contracts.Notification;

namespace Notification.Tests.Mail;

/// <summary>What a mail server does that is silent, breaks off, has no room, talks nonsense or is away. The local part of an address chooses (smtp.py).</summary>
public sealed class MailFaultTests(EmailFixture service) : IClassFixture<EmailFixture>
{
    [Theory]
    [InlineData("sela", "reset before the last dot")]
    [InlineData("tutup", "421, closing")]
    [InlineData("sibuk", "452 behind the last dot")]
    public async Task NOT_3_what_the_server_certainly_does_not_have_is_sent_again_and_arrives_once(string local, string why)
    {
        var to = EmailFixture.Address(local);
        var id = await service.SendAsync(EmailFixture.Email(to));
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from email where id = '{id}' and state = 'Queued' and attempts = 1)"));
        service.Server.To(to).ShouldBeEmpty(why);
        service.Clock.Advance(TimeSpan.FromMinutes(2));
        await service.EmailIsAsync(id, "AcceptedByProvider");
        service.Server.To(to).ShouldHaveSingleItem(why);
    }

    [Theory]
    [InlineData("putus", "reset behind the last dot")]
    [InlineData("aneh", "no reply that SMTP knows")]
    [InlineData("teruskan", "354 behind the last dot")]
    public async Task NOT_3_what_the_server_may_have_is_uncertain_and_never_sent_again(string local, string why)
    {
        var to = EmailFixture.Address(local);
        var id = await service.SendAsync(EmailFixture.Email(to));
        await service.EmailIsAsync(id, "Uncertain");
        service.Clock.Advance(TimeSpan.FromHours(1));
        var other = EmailFixture.Address();
        await service.EmailIsAsync(await service.SendAsync(EmailFixture.Email(other)), "AcceptedByProvider");
        service.Server.To(to).ShouldHaveSingleItem(why);
        service.Server.To(other).ShouldHaveSingleItem();
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id)).Uncertain.ShouldBeTrue();
    }

    [Fact]
    public async Task NOT_3_while_every_conversation_hangs_what_is_over_is_said_to_be_over()
    {
        var silent = Enumerable.Range(0, 4).Select(_ => EmailFixture.Email(EmailFixture.Address("diam"))).ToList();
        foreach (var order in silent)
            await service.SendAsync(order);
        await Eventually.TrueAsync(() => Task.FromResult(silent.TrueForAll(order => service.Server.To(order.To).Count == 1)));
        var now = service.Clock.GetUtcNow();
        var (died, late) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await service.Database.ExecuteAsync($"""
            insert into email (id, purpose, lane, is_test, state, created_at, changed_at, expires_at, next_attempt_at, attempts, lease_no, intent_at)
            values ('{died}', 'Notice', 40, false, 'Intent', '{now.AddHours(-1):O}', '{now:O}', '{now.AddDays(1):O}', '{now:O}', 1, 1, '{now.AddHours(-1):O}'),
                   ('{late}', 'Notice', 40, false, 'Queued', '{now.AddDays(-3):O}', '{now:O}', '{now.AddSeconds(-1):O}', '{now:O}', 0, 0, null)
            """);
        await service.EmailIsAsync(died, "Uncertain");
        await service.EmailIsAsync(late, "Expired");
        foreach (var order in silent)
            await service.EmailIsAsync(order.EmailId, "Intent");

        service.Link.Cut();
        foreach (var order in silent)
            await service.EmailIsAsync(order.EmailId, "Uncertain");
        service.Link.Mend();
        silent.ShouldAllBe(order => service.Server.To(order.To).Count == 1);
    }

    [Fact]
    public async Task NOT_3_a_server_that_is_away_and_comes_back_gets_each_email_once_without_an_attempt_counted()
    {
        service.Link.Cut();
        var orders = Enumerable.Range(0, 20).Select(_ => EmailFixture.Email(EmailFixture.Address())).ToList();
        await Task.WhenAll(orders.Select(order => service.SendAsync(order)));
        var ids = string.Join(", ", orders.Select(order => $"'{order.EmailId}'"));
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select count(*) filter (where lease_no > 0) > 0 and count(*) = 20 from email where id in ({ids})"));
        service.Link.Mend();
        await Eventually.TrueAsync(async () =>
        {
            service.Clock.Advance(TimeSpan.FromSeconds(11));
            return await service.Database.ScalarAsync<bool>($"select count(*) = 20 from email where id in ({ids}) and state = 'AcceptedByProvider' and attempts = 1");
        });
        orders.ShouldAllBe(order => service.Server.To(order.To).Count == 1);
    }

    [Theory]
    [InlineData("MAIL", "451 4.3.0 come again")]
    [InlineData("MAIL", "421 4.3.2 closing")]
    [InlineData("MAIL", "550 5.7.1 who are you")]
    [InlineData("greeting", "554 5.7.0 not you")]
    public async Task NOT_3_a_server_that_refuses_the_city_itself_is_away_which_health_says_and_no_attempt_is_counted(string step, string reply)
    {
        // Conversations that are open have been greeted already.
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        service.Server.Refuse(step, reply);
        var orders = Enumerable.Range(0, 3).Select(_ => EmailFixture.Email(EmailFixture.Address())).ToList();
        await Task.WhenAll(orders.Select(order => service.SendAsync(order)));
        var ids = string.Join(", ", orders.Select(order => $"'{order.EmailId}'"));
        Task AskedAsync(int times) => Eventually.TrueAsync(() =>
            service.Database.ScalarAsync<bool>($"select count(*) = 3 from email where id in ({ids}) and state = 'Queued' and attempts = 0 and lease_no = {times}"));
        await AskedAsync(1);
        service.Clock.Advance(TimeSpan.FromMinutes(6));
        await AskedAsync(2);
        (await service.Client().GetStringAsync("/health/ready")).ShouldContain("an e-mail waits");

        service.Server.RefuseNoMore();
        service.Clock.Advance(TimeSpan.FromSeconds(11));
        foreach (var order in orders)
            await service.EmailIsAsync(order.EmailId, "AcceptedByProvider");
        orders.ShouldAllBe(order => service.Server.To(order.To).Count == 1);
        (await service.Client().GetStringAsync("/health/ready")).ShouldNotContain("an e-mail waits");
    }

    [Theory]
    [InlineData("554 5.7.1 <warga@example.id>: Relay access denied")]
    [InlineData("454 4.7.1 <warga@example.id>: Relay access denied")]
    [InlineData("550 relay not permitted")]
    [InlineData("530 5.7.0 Authentication required")]
    public async Task NOT_3_a_server_that_relays_nothing_for_the_city_is_said_by_health_and_is_no_fault_of_the_address(string reply)
    {
        service.Server.Refuse("RCPT", reply);
        var order = EmailFixture.Email(EmailFixture.Address());
        await service.SendAsync(order);
        Task AskedAsync(int times) => Eventually.TrueAsync(() =>
            service.Database.ScalarAsync<bool>($"select exists (select from email where id = '{order.EmailId}' and state = 'Queued' and attempts = 0 and lease_no = {times})"));
        await AskedAsync(1);
        // What it takes for itself goes on.
        service.Server.RefuseNoMore();
        await service.EmailIsAsync(await service.SendAsync(EmailFixture.Email(EmailFixture.Address())), "AcceptedByProvider");
        service.Server.Refuse("RCPT", reply);
        service.Clock.Advance(TimeSpan.FromMinutes(6));
        await AskedAsync(2);
        (await service.Client().GetStringAsync("/health/ready")).ShouldContain("an e-mail waits");
        (await service.Database.ScalarAsync<long>($"select count(*) from email_event where email_id = '{order.EmailId}' and told = 'Queued' and reason = 'relay-denied'")).ShouldBe(2);

        service.Server.RefuseNoMore();
        service.Clock.Advance(TimeSpan.FromMinutes(3));
        await service.EmailIsAsync(order.EmailId, "AcceptedByProvider");
        service.Server.To(order.To).ShouldHaveSingleItem();
        (await service.Client().GetStringAsync("/health/ready")).ShouldNotContain("an e-mail waits");
    }

    [Theory]
    [InlineData("550 5.7.1 <{0}>: we do not like him", "refused-by-policy")]
    [InlineData("550 5.1.1 <{0}>: no such mailbox, and no relay", "address-unknown")]
    [InlineData("550 <{0}>: unknown", "refused-by-provider")]
    public async Task NOT_3_what_the_server_says_of_the_recipient_is_final_whatever_he_is_called(string reply, string reason)
    {
        var to = EmailFixture.Address("relay");
        service.Server.Refuse("RCPT", string.Format(System.Globalization.CultureInfo.InvariantCulture, reply, to));
        var id = await service.SendAsync(EmailFixture.Email(to));
        await service.EmailIsAsync(id, "Failed");
        service.Server.RefuseNoMore();
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id)).Reason.ShouldBe(reason);
    }
}

public sealed class ImpatientFixture : EmailFixture
{
    protected override IEnumerable<KeyValuePair<string, string?>> Settings => base.Settings.Append(new("Email:CallLimit", "00:00:04"));
}

public sealed class SilentServerTests(ImpatientFixture service) : IClassFixture<ImpatientFixture>
{
    [Fact]
    public async Task NOT_3_a_server_that_is_silent_behind_the_last_dot_is_left_after_the_limit_and_the_email_is_uncertain()
    {
        var silent = Enumerable.Range(0, 6).Select(_ => EmailFixture.Email(EmailFixture.Address("diam"))).ToList();
        foreach (var order in silent)
            await service.SendAsync(order);
        // The clock goes on, should this machine be so slow that a handshake took longer than the limit.
        async Task<bool> AfterAWhileAsync(string sql)
        {
            service.Clock.Advance(TimeSpan.FromSeconds(2));
            return await service.Database.ScalarAsync<bool>(sql);
        }

        await Eventually.TrueAsync(() => AfterAWhileAsync("select count(*) = 6 from email_event where source = 'answer' and told = 'Uncertain' and code = 'no-answer'"), seconds: 90);
        var other = EmailFixture.Email(EmailFixture.Address());
        await service.SendAsync(other);
        await Eventually.TrueAsync(() => AfterAWhileAsync($"select exists (select from email where id = '{other.EmailId}' and state = 'AcceptedByProvider')"));
        foreach (var order in silent)
            await service.EmailIsAsync(order.EmailId, "Uncertain");
        silent.ShouldAllBe(order => service.Server.To(order.To).Count == 1);
    }
}
