using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using InboundSms.Receive;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Submissions;

/// <summary>
/// The call centre writes down what a caller says (SPBE 24(2)); from then on it is a case like every other. Its clock starts when it is written down, the time of the call
/// stands beside it. Answers go to the caller's mobile number; without one he reads them with the receipt code that he is told.
/// </summary>
internal static partial class EnterCall
{
    private static readonly TimeSpan LongestAgo = TimeSpan.FromDays(1);
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);

    /// <param name="Text">The caller's words, as told.</param>
    /// <param name="CallerNumber">Null: unknown.</param>
    /// <param name="Keyword">Whom it is for; or <paramref name="PositionId"/>; neither: the secretariat's tray.</param>
    /// <param name="PositionId">Whom it is for.</param>
    /// <param name="Class">What it is (BJN 10(1)).</param>
    /// <param name="Name">As he says.</param>
    /// <param name="CalledAt">Within the last day; now if left out.</param>
    /// <param name="IsSecret">He wants no publication.</param>
    public sealed record Request(
        [Required, StringLength(1600, MinimumLength = 1)] string Text,
        [StringLength(32)] string? CallerNumber = null,
        [StringLength(16, MinimumLength = 1), RegularExpression("^[A-Za-z0-9]+$")] string? Keyword = null,
        Guid? PositionId = null,
        MessageClass? Class = null,
        [StringLength(100)] string? Name = null,
        DateTimeOffset? CalledAt = null,
        bool IsSecret = false);

    /// <param name="Id">Of the message.</param>
    /// <param name="CaseNumber">Told to the caller.</param>
    /// <param name="ReceiptCode">Told to a caller who wants to read the answer on the public site; shown this once.</param>
    public sealed record Response(Guid Id, long CaseNumber, string ReceiptCode);

    public static void Map(RouteGroupBuilder messages) => messages.MapPost("/", Handle)
        .WithName(nameof(EnterCall)).WithSummary("The call centre writes down what a caller says").RequirePermission(Permissions.EnterCalls).RequireFreshSignIn()
        .ProducesValidationProblem();

    internal static async Task<Results<Created<Response>, ProblemHttpResult>> Handle(
        Request request, ClaimsPrincipal user, InboundSmsDb db, TimeProvider clock, HttpResponse response, ILogger<Submission> log, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        var caller = PhoneNumber.Parse(request.CallerNumber);
        if (!request.Text.IsVisible)
            return Problems.Invalid("text", "empty");
        if (!string.IsNullOrWhiteSpace(request.CallerNumber) && caller.Kind is not (SenderKind.Mobile or SenderKind.FixedLine))
            return Problems.Invalid("callerNumber", "phone-number");
        if (request.CalledAt is { } called && (called < now - LongestAgo || called > now + ClocksDiffer))
            return Problems.Invalid("calledAt", "called-at");
        var (addressee, field, code) = await Submissions.AddresseeAsync(db, request.Keyword, request.PositionId, now, stop);
        if (field is not null)
            return Problems.Invalid(field, code);

        var receipt = ReceiptCode.New();
        var received = ReceivedSms.Of(Channels.CallCentre, new("", Guid.CreateVersion7(now).ToString(), caller.Value, "", request.Text,
            (request.CalledAt ?? now).ToUniversalTime(), Submissions.Raw(request)), now);
        var submission = db.AddSubmission(received, new()
        {
            MessageId = received.Id,
            PositionId = addressee?.PositionId,
            Keyword = addressee?.Keyword,
            Class = request.Class,
            IsSecret = request.IsSecret,
            EnteredBy = user.Actor,
            ReceiptCodeHash = ReceiptCode.HashOf(receipt),
            Contact = SubmissionContact.Of(received.Id, request.Name, phoneNumber: null),
        });
        await db.SaveChangesAsync(stop);
        Entered(log, received.Id, submission.CaseNumber);
        response.Headers.CacheControl = "no-store";
        return TypedResults.Created($"/api/inbound-sms/messages/{received.Id}", new Response(received.Id, submission.CaseNumber, receipt));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Message {MessageId} was entered by the call centre, case {CaseNumber}")]
    private static partial void Entered(ILogger log, Guid messageId, long caseNumber);
}
