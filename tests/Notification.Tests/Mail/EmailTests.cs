using System.Net;
using System.Text;
using Contracts.Notification;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ServiceDefaults.AppendOnly;

namespace Notification.Tests.Mail;

public sealed class EmailTests(EmailFixture service) : IClassFixture<EmailFixture>
{
    [Fact]
    public async Task NOT_3_an_email_goes_out_over_tls_in_utf_8_as_text_and_html()
    {
        var to = EmailFixture.Address();
        var id = await service.SendAsync(EmailFixture.Email(to, "Jum’at: “Rapat” 日本語 – mohon hadir tepat waktu di Balai Kota", "Yth. Bapak/Ibu <b>Ani</b> & Budi,\n\nRapat: Jum’at.\nTerima kasih.") with
        {
            UnsubscribeUrl = "https://kota.example.go.id/berhenti?u=1",
        });
        await service.EmailIsAsync(id, "AcceptedByProvider");
        var mail = await service.ReceivedAsync(to);
        mail.Tls.ShouldBeTrue();
        mail.From.ShouldStartWith($"b-{id:n}-");
        mail.From.ShouldEndWith("@pantulan.kota.example.go.id");
        Decoded(mail.Field("Subject")!).ShouldBe("Jum’at: “Rapat” 日本語 – mohon hadir tepat waktu di Balai Kota");
        mail.Field("From").ShouldBe("Pemerintah Kota <layanan@kota.example.go.id>");
        mail.Field("To").ShouldBe($"<{to}>");
        mail.Field("List-Unsubscribe").ShouldBe("<https://kota.example.go.id/berhenti?u=1>");
        mail.Field("List-Unsubscribe-Post").ShouldBe("List-Unsubscribe=One-Click");
        mail.Field("Auto-Submitted").ShouldBe("auto-generated");
        mail.Part("text/plain").ShouldBe("Yth. Bapak/Ibu <b>Ani</b> & Budi,\r\n\r\nRapat: Jum’at.\r\nTerima kasih.");
        mail.Part("text/html").ShouldContain("&lt;b&gt;Ani&lt;/b&gt; &amp; Budi");
        mail.Text.Split("\r\n").ShouldAllBe(line => line.Length <= 998 && line.All(char.IsAscii));
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id)).Status.ShouldBe(DeliveryStatus.Pending);
    }

    [Fact]
    public async Task NOT_3_conversations_are_kept_open()
    {
        var addresses = Enumerable.Range(0, 20).Select(_ => EmailFixture.Address()).ToList();
        foreach (var address in addresses)
            await service.SendAsync(EmailFixture.Email(address));
        var connections = new HashSet<int>();
        foreach (var address in addresses)
            connections.Add((await service.ReceivedAsync(address)).Connection);
        connections.Count.ShouldBeLessThanOrEqualTo(5);
    }

    [Theory]
    [InlineData("tolak", "Failed", "address-unknown")]
    [InlineData("penuh", "Failed", "mailbox-full")]
    [InlineData("putus", "Uncertain", null)]
    public async Task NOT_3_a_refusal_is_final_and_a_loss_behind_the_last_dot_is_uncertain(string local, string state, string? reason)
    {
        var id = await service.SendAsync(EmailFixture.Email(EmailFixture.Address(local)));
        await service.EmailIsAsync(id, state);
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id)).Reason.ShouldBe(reason);
        // The conversation goes on for others.
        await service.EmailIsAsync(await service.SendAsync(EmailFixture.Email(EmailFixture.Address())), "AcceptedByProvider");
        (await service.Database.ScalarAsync<int>($"select attempts from email where id = '{id}'")).ShouldBe(1);
    }

    [Fact]
    public async Task NOT_3_a_server_that_says_later_gets_it_later()
    {
        var to = EmailFixture.Address("nanti");
        var id = await service.SendAsync(EmailFixture.Email(to));
        await Eventually.TrueAsync(() => service.Database.ScalarAsync<bool>($"select exists (select from email where id = '{id}' and state = 'Queued' and attempts = 1 and next_attempt_at > created_at)"));
        service.Server.To(to).ShouldBeEmpty();
        service.Clock.Advance(TimeSpan.FromMinutes(1));
        await service.EmailIsAsync(id, "AcceptedByProvider");
        service.Server.To(to).Count.ShouldBe(1);
    }

    [Fact]
    public async Task NOT_3_the_same_order_twice_is_one_email()
    {
        var order = EmailFixture.Email(EmailFixture.Address());
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => service.SendAsync(order)));
        await service.EmailIsAsync(order.EmailId, "AcceptedByProvider");
        service.Server.To(order.To).Count.ShouldBe(1);
    }

    [Fact]
    public async Task NOT_3_who_ordered_hears_of_an_email_and_nobody_else()
    {
        await using var ordering = await TestBus.StartAsync(service.Broker.Address, [typeof(DeliveryStatusChanged)], canBeSentTo: true);
        var (own, everybodys) = (EmailFixture.Email(EmailFixture.Address()) with { ReportTo = ordering.Queue }, EmailFixture.Email(EmailFixture.Address("tolak")) with { ReportTo = "no queue" });
        await service.SendAsync(own);
        (await ordering.GetAsync<DeliveryStatusChanged>(told => told.SmsId == own.EmailId)).Status.ShouldBe(DeliveryStatus.Pending);
        await service.SendAsync(everybodys);
        await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == everybodys.EmailId && told.Status == DeliveryStatus.Failed);
        service.Bus.Received<DeliveryStatusChanged>().ShouldNotContain(told => told.SmsId == own.EmailId);
    }

    [Theory]
    [InlineData("a@b.id>\r\nRCPT TO:<lain@b.id", "s", "t", "address-invalid")]
    [InlineData("Ani <ani@b.id>", "s", "t", "address-invalid")]
    [InlineData("ani@b.id", "s\r\nBcc: lain@b.id", "t", "subject-invalid")]
    [InlineData("ani@b.id", "", "t", "subject-invalid")]
    [InlineData("ani@b.id", "s", "a\u0000", "text-invalid")]
    [InlineData("ani@b.id", "s", "", "text-invalid")]
    public async Task NOT_3_what_could_become_a_command_or_a_header_is_refused(string to, string subject, string text, string reason)
    {
        var id = await service.SendAsync(EmailFixture.Email(to, subject, text.Replace("\u0000", "\a", StringComparison.Ordinal)));
        (await service.Bus.GetAsync<DeliveryStatusChanged>(told => told.SmsId == id)).Reason.ShouldBe(reason);
        (await service.Database.ScalarAsync<long>($"select count(*) from email_content where email_id = '{id}'")).ShouldBe(0);
    }

    [Fact]
    public async Task NOT_3_an_intent_whose_process_died_becomes_uncertain_and_one_whose_time_is_over_expires()
    {
        var now = service.Clock.GetUtcNow();
        var (died, late) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        await service.Database.ExecuteAsync($"""
            insert into email (id, purpose, lane, is_test, state, created_at, changed_at, expires_at, next_attempt_at, attempts, lease_no, intent_at)
            values ('{died}', 'Notice', 40, false, 'Intent', '{now.AddHours(-1):O}', '{now:O}', '{now.AddDays(1):O}', '{now:O}', 1, 1, '{now.AddHours(-1):O}'),
                   ('{late}', 'Notice', 40, false, 'Queued', '{now.AddDays(-3):O}', '{now:O}', '{now.AddSeconds(-1):O}', '{now:O}', 0, 0, null)
            """);
        await service.EmailIsAsync(died, "Uncertain");
        await service.EmailIsAsync(late, "Expired");
    }

    [Theory]
    [InlineData("failed", "5.1.1", "Failed", "address-unknown")]
    [InlineData("failed", "5.2.2", "Failed", "mailbox-full")]
    [InlineData("delivered", "2.0.0", "Delivered", null)]
    [InlineData("relayed", "2.0.0", "AcceptedByOperator", null)]
    public async Task NOT_3_a_bounce_at_the_return_path_is_the_emails_report(string action, string status, string state, string? reason)
    {
        var to = EmailFixture.Address();
        var id = await service.SendAsync(EmailFixture.Email(to));
        await service.EmailIsAsync(id, "AcceptedByProvider");
        var returnPath = (await service.ReceivedAsync(to)).From;
        (await service.BounceAsync(returnPath, EmailFixture.Report(action, status))).StatusCode.ShouldBe(HttpStatusCode.OK);
        await service.EmailIsAsync(id, state);
        (await service.Database.ScalarAsync<string>($"select coalesce(reason, '') from email where id = '{id}'")).ShouldBe(reason ?? "");
        (await service.BounceAsync(returnPath, EmailFixture.Report(action, status))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.Database.ScalarAsync<long>($"select count(*) from email_event where email_id = '{id}' and effect = 'Changed'")).ShouldBe(2);
    }

    [Fact]
    public async Task NOT_3_nobody_else_makes_an_email_fail()
    {
        var to = EmailFixture.Address();
        var id = await service.SendAsync(EmailFixture.Email(to));
        await service.EmailIsAsync(id, "AcceptedByProvider");
        var returnPath = (await service.ReceivedAsync(to)).From;
        (await service.BounceAsync(returnPath, EmailFixture.Report("failed", "5.1.1"), secret: "salah")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await service.BounceAsync($"b-{id:n}-0123456789ABCDEF@pantulan.kota.example.go.id", EmailFixture.Report("failed", "5.1.1"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.BounceAsync(returnPath, "Subject: Saya sedang cuti\r\n\r\nAction: failed")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.BounceAsync(returnPath, "")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await service.BounceAsync(returnPath, new string('a', 70_000))).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await service.Database.ScalarAsync<string>($"select state from email where id = '{id}'")).ShouldBe("AcceptedByProvider");
    }

    [Fact]
    public async Task NOT_3_the_history_of_emails_is_append_only_and_sealed()
    {
        await service.EmailIsAsync(await service.SendAsync(EmailFixture.Email(EmailFixture.Address())), "AcceptedByProvider");
        (await service.Services.GetRequiredService<SealVerifier>().VerifyAsync(CancellationToken.None)).FirstFault.ShouldBeNull();
        await using var connection = new NpgsqlConnection(service.Database.Runtime);
        await connection.OpenAsync();
        await using var alter = new NpgsqlCommand("update email_event set told = 'Delivered'", connection);
        (await Should.ThrowAsync<PostgresException>(() => alter.ExecuteNonQueryAsync())).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    public async Task NOT_3_address_and_words_go_when_they_have_served_and_the_history_stays()
    {
        var id = await service.SendAsync(EmailFixture.Email(EmailFixture.Address()));
        await service.EmailIsAsync(id, "AcceptedByProvider");
        await service.Database.ExecuteAsync($"update email set created_at = now() - interval '91 days' where id = '{id}'");
        await service.Services.GetRequiredService<Notification.Privacy.ApplyRetention>().EraseAsync(CancellationToken.None);
        (await service.Database.ScalarAsync<long>($"select count(*) from email_content where email_id = '{id}'")).ShouldBe(0);
        (await service.Database.ScalarAsync<long>($"select count(*) from email_event where email_id = '{id}'")).ShouldBe(1);
    }

    private static string Decoded(string header) => string.Concat(header.Split(' ').Select(word =>
        Encoding.UTF8.GetString(Convert.FromBase64String(word["=?utf-8?B?".Length..^2]))));
}
