using System.ComponentModel.DataAnnotations;
using InboundSms.Receive;
using InboundSms.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;
using ServiceDefaults.Sms;

namespace InboundSms.Submissions;

/// <summary>
/// The web form (BJN 9b, SPBE 24(2)). A citizen's words go the way of every SMS; whom they are for he chose, and a receipt code opens his case to him. The challenge is also
/// the key of the request: repeated with the same content it gives the same answer, with another content it is used up.
/// </summary>
internal static partial class SubmitMessage
{
    /// <param name="Text">The citizen's words, kept as they are.</param>
    /// <param name="Proof">Of work.</param>
    /// <param name="Keyword">Whom it is for; or <paramref name="PositionId"/>; neither: the secretariat decides.</param>
    /// <param name="PositionId">Whom it is for.</param>
    /// <param name="Class">What it is, as the citizen sees it (BJN 10(1)).</param>
    /// <param name="Name">As he says.</param>
    /// <param name="MobileNumber">To call him back. Nothing proves it, so no SMS goes there: the answer is read with the receipt code.</param>
    /// <param name="IsSecret">Never published.</param>
    /// <param name="Website">A field that no person sees or fills.</param>
    public sealed record Request(
        [Required, StringLength(1600, MinimumLength = 1)] string Text,
        [Required] ProofOfWork Proof,
        [StringLength(16, MinimumLength = 1), RegularExpression("^[A-Za-z0-9]+$")] string? Keyword = null,
        Guid? PositionId = null,
        MessageClass? Class = null,
        [StringLength(100)] string? Name = null,
        [StringLength(32)] string? MobileNumber = null,
        bool IsSecret = false,
        [StringLength(200)] string? Website = null);

    /// <param name="Challenge">As it was given.</param>
    /// <param name="Nonce">What was found.</param>
    public sealed record ProofOfWork(
        [Required, StringLength(200, MinimumLength = 1)] string Challenge, [Required, StringLength(32), RegularExpression("^[A-Za-z0-9]+$")] string Nonce);

    /// <param name="CaseNumber">Of the case.</param>
    /// <param name="ReceiptCode">Opens the case to whoever has it; told this once.</param>
    public sealed record Response(long CaseNumber, string ReceiptCode);

    public static void Map(RouteGroupBuilder web) => web.MapPost("/messages", Handle)
        .WithName(nameof(SubmitMessage)).WithSummary("A citizen's message by the web form").RequirePermission(Permissions.Anybody)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);

    internal static async Task<Results<Created<Response>, ProblemHttpResult>> Handle(
        Request request, Challenges challenges, InboundSmsDb db, TimeProvider clock, HttpResponse response, ILogger<Submission> log, CancellationToken stop)
    {
        if (!string.IsNullOrEmpty(request.Website))
            return Problems.Invalid("website", "not-empty");
        var proof = challenges.Check(request.Proof.Challenge, request.Proof.Nonce);
        if (proof.Problem is { } problem and not Challenges.Over)
            return Problems.Invalid(proof.Field, problem);

        response.Headers.CacheControl = "no-store";
        var (receipt, raw) = (challenges.ReceiptCodeOf(proof.Id), Submissions.Raw(request with { Proof = null! }));
        if (proof.Problem is null)
        {
            var now = clock.GetUtcNow();
            var number = PhoneNumber.Parse(request.MobileNumber);
            if (!request.Text.IsVisible)
                return Problems.Invalid("text", "empty");
            if (!string.IsNullOrWhiteSpace(request.MobileNumber) && !number.CanBeAnswered)
                return Problems.Invalid("mobileNumber", "notice-phone");
            var (addressee, field, code) = await Submissions.AddresseeAsync(db, request.Keyword, request.PositionId, now, stop);
            if (field is not null)
                return Problems.Invalid(field, code);

            // No sender: a number that nobody has proved must find and join nobody's case.
            var received = ReceivedSms.Of(Channels.Web, new("", proof.Id.ToString(), "", "", request.Text, ProviderTime: null, raw), now);
            var submission = db.AddSubmission(received, new()
            {
                MessageId = received.Id,
                PositionId = addressee?.PositionId,
                Keyword = addressee?.Keyword,
                Class = request.Class,
                IsSecret = request.IsSecret,
                ReceiptCodeHash = ReceiptCode.HashOf(receipt),
                Contact = SubmissionContact.Of(received.Id, request.Name, number.CanBeAnswered ? number.Value : null),
            });
            try
            {
                await db.SaveChangesAsync(stop);
                Submitted(log, received.Id, submission.CaseNumber);
                return Receipt(submission.CaseNumber, receipt);
            }
            catch (DbUpdateException failure) when (failure.IsUniqueViolation(Message.Once))
            {
                // Here before: below.
            }
        }

        var id = proof.Id.ToString();
        var first = await (
            from message in db.Messages
            join content in db.Contents on message.Id equals content.MessageId
            join submission in db.Submissions on message.Id equals submission.MessageId
            where message.Channel == Channels.Web && message.Account == "" && message.ProviderMessageId == id
            select new { content.Raw, submission.CaseNumber }).AsNoTracking().SingleOrDefaultAsync(stop);
        return first is null ? Problems.Invalid("proof.challenge", Challenges.Over)
            : first.Raw.AsSpan().SequenceEqual(raw) ? Receipt(first.CaseNumber, receipt)
            : Problems.Conflict("challenge-used");
    }

    private static Created<Response> Receipt(long caseNumber, string code) => TypedResults.Created($"/publik/api/cases/{caseNumber}", new Response(caseNumber, code));

    [LoggerMessage(Level = LogLevel.Information, Message = "Message {MessageId} came by the web form, case {CaseNumber}")]
    private static partial void Submitted(ILogger log, Guid messageId, long caseNumber);
}
