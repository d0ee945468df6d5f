using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Notification.Templates;

/// <summary>The Administrator writes a text that applications send.</summary>
public static class CreateTemplate
{
    internal const string NameTaken = "template_name_key";
    internal const string Line = @"^\P{C}*[^\s\p{C}]\P{C}*$";

    public sealed record Request(
        [Required, StringLength(100, MinimumLength = 1), RegularExpression(Line)] string Name,
        [Required] TemplateContent Content,
        [Required, StringLength(500, MinimumLength = 1), RegularExpression(Line)] string Reason);

    internal static void Map(IEndpointRouteBuilder templates) => templates.MapPost("/", HandleAsync)
        .WithName(nameof(CreateTemplate)).WithSummary("Writes a template").RequirePermission(Permissions.EditTemplates).RequireFreshSignIn().AcceptIdempotencyKey()
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Created<ListTemplates.Item>, ProblemHttpResult>> HandleAsync(
        Request request, HttpContext http, NotificationDb db, TimeProvider clock, CancellationToken stop)
    {
        if (request.Content.Refuse() is { } refusal)
            return refusal;
        var now = clock.GetUtcNow().InMicroseconds;
        var template = new Template { Id = Guid.CreateVersion7(now), Name = request.Name.Trim(), CreatedAt = now, Version = 1 };
        var version = request.Content.VersionOf(template, http.User.Actor, now);
        db.AddRange(template, version);
        db.WriteToAuditTrail(http, nameof(CreateTemplate), ("Template", template.Id), request.Reason, template.Name);
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(NameTaken))
        {
            return Problems.Conflict("name-taken");
        }

        return TypedResults.Created((string?)null, ListTemplates.Item.Of(template, version));
    }
}
