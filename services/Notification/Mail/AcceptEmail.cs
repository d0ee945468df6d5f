using System.Diagnostics;
using Contracts.Notification;
using MassTransit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Notification.Sending;
using Notification.Storage;
using Notification.Templates;
using ServiceDefaults;
using ServiceDefaults.Sms;

namespace Notification.Mail;

/// <summary>
/// Takes the order to send one e-mail. The asking service's id makes it one, however often the command comes. What can never be sent is Failed with a reason, which the
/// asking service hears; it is no poison message.
/// </summary>
internal sealed partial class AcceptEmail(NotificationDb db, IOptions<EmailOptions> options, CityTime city, TimeProvider clock, ILogger<AcceptEmail> log) : IConsumer<SendEmail>
{
    public const int LongestText = 10_000;

    public async Task Consume(ConsumeContext<SendEmail> context)
    {
        var (order, stop, now) = (context.Message, context.CancellationToken, clock.GetUtcNow());
        var (purpose, lane, expiresAt, trace) = (order.Purpose.ToString(), Lanes.Of(order.Purpose), order.ExpiresAt?.ToUniversalTime() ?? now + options.Value.Validity, Activity.Current?.Id);
        var quiet = order.MayWait || order.Purpose == SmsPurpose.Broadcast ? city.QuietHours.PeriodAt(now, city) : null;
        var isNew = await db.Database.ExecuteSqlAsync($"""
            insert into email (id, purpose, lane, is_test, state, created_at, changed_at, expires_at, next_attempt_at, trace_parent, quiet_from, quiet_to, report_to)
            values ({order.EmailId}, {purpose}, {lane}, {order.IsTest}, 'Queued', {now}, {now}, {expiresAt}, {now}, {trace}, {quiet?.From}, {quiet?.To}, {StoreOrders.QueueOf(order.ReportTo)})
            on conflict (id) do nothing
            """, stop);
        if (isNew == 0)
        {
            Repeated(log, order.EmailId);
            return;
        }

        if (RefusalOf(order, options.Value) is { } refusal)
        {
            // Its words were never ours to send, so they are not kept.
            var email = await db.LockEmailAsync(order.EmailId, stop);
            email.Learn(db, new("service", null, refusal, SmsState.Failed, refusal), now);
            await db.SaveChangesAsync(stop);
            Refused(log, order.EmailId, refusal);
            return;
        }

        await db.Database.ExecuteSqlAsync($"""
            insert into email_content (email_id, address, subject, text, unsubscribe_url) values ({order.EmailId}, {order.To}, {order.Subject}, {order.Text}, {order.UnsubscribeUrl})
            """, stop);
        Accepted(log, order.EmailId, order.Purpose);
    }

    /// <summary>What can be said of an order before it is taken.</summary>
    internal static string? RefusalOf(SendEmail order, EmailOptions options) => order switch
    {
        _ when !options.IsOn && !order.IsTest => "email-off",
        _ when !EmailAddress.IsSpelled(order.To) => "address-invalid",
        { Subject.Length: 0 or > TemplateContent.LongestSubject } => "subject-invalid",
        _ when order.Subject.Any(char.IsControl) || !order.Subject.IsNormalizable => "subject-invalid",
        { Text.Length: 0 or > LongestText } => "text-invalid",
        _ when !Wording.IsPlain(order.Text) || !order.Text.IsNormalizable => "text-invalid",
        { UnsubscribeUrl: { } url } when !IsPlainHttps(url) => "unsubscribe-invalid",
        _ => null,
    };

    /// <summary>It stands in a header, between angle brackets.</summary>
    internal static bool IsPlainHttps(string url) => url.Length <= 500 && url.All(character => character is > ' ' and <= '~' and not ('<' or '>'))
        && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps;

    [LoggerMessage(Level = LogLevel.Information, Message = "E-mail {EmailId} accepted ({Purpose})")]
    private static partial void Accepted(ILogger log, Guid emailId, SmsPurpose purpose);

    [LoggerMessage(Level = LogLevel.Information, Message = "E-mail {EmailId} was ordered again")]
    private static partial void Repeated(ILogger log, Guid emailId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "E-mail {EmailId} cannot be sent: {Reason}")]
    private static partial void Refused(ILogger log, Guid emailId, string reason);
}
