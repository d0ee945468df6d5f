using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using Notification.Storage;
using ServiceDefaults;
using ServiceDefaults.Messaging;
using ServiceDefaults.Persistence;
using ServiceDefaults.SignIn;

namespace Notification.Templates;

/// <summary>Every change is a version of its own; what was sent with an earlier one stays readable. An SMS stays an SMS, an e-mail an e-mail.</summary>
public static class EditTemplate
{
    /// <param name="Version">As last seen.</param>
    /// <param name="Name">What applications find it by.</param>
    /// <param name="Content">All of it, as it is from now on.</param>
    /// <param name="Retired">Nothing is ordered with it any more.</param>
    /// <param name="Reason">For the audit trail.</param>
    public sealed record Request(
        [Required] long? Version,
        [Required, StringLength(100, MinimumLength = 1), RegularExpression(CreateTemplate.Line)] string Name,
        [Required] TemplateContent Content,
        [Required, StringLength(500, MinimumLength = 1), RegularExpression(CreateTemplate.Line)] string Reason,
        bool Retired = false);

    internal static void Map(IEndpointRouteBuilder templates) => templates.MapPut("/{id:guid}", HandleAsync)
        .WithName(nameof(EditTemplate)).WithSummary("Changes a template, retires it, brings it back")
        .RequirePermission(Permissions.EditTemplates).RequireFreshSignIn().ShowsCurrent(TemplateContent.ToState)
        .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<ListTemplates.Item>, ProblemHttpResult>> HandleAsync(
        Guid id, Request request, HttpContext http, NotificationDb db, TimeProvider clock, CancellationToken stop)
    {
        if (request.Content.Refuse() is { } refusal)
            return refusal;
        var now = clock.GetUtcNow().InMicroseconds;
        if (await db.Templates.SingleOrDefaultAsync(template => template.Id == id, stop) is not { } template)
            return Problems.NotFound();
        if (template.Version != request.Version)
            return Problems.Conflict("changed-meanwhile");
        var before = await db.TemplateVersions.AsNoTracking().SingleAsync(version => version.TemplateId == id && version.Version == template.Version, stop);
        if (before.IsEmail != request.Content.SubjectIndonesian is not null)
            return Problems.Invalid("content.subjectIndonesian", "template-kind");

        (template.Name, template.RetiredAt) = (request.Name.Trim(), request.Retired ? template.RetiredAt ?? now : null);
        template.Version++;
        var version = request.Content.VersionOf(template, http.User.Actor, now);
        db.Add(version);
        db.WriteToAuditTrail(http, nameof(EditTemplate), ("Template", id), request.Reason, FormattableString.Invariant($"{template.Name}, version {template.Version}"));
        try
        {
            await db.SaveChangesAsync(stop);
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation(CreateTemplate.NameTaken))
        {
            return Problems.Conflict("name-taken");
        }
        catch (DbUpdateException failure) when (failure.IsUniqueViolation("template_version_pkey"))
        {
            // Somebody else wrote this version at the same moment.
            return Problems.Conflict("changed-meanwhile");
        }

        return TypedResults.Ok(ListTemplates.Item.Of(template, version));
    }
}
