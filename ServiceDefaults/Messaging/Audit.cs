using Contracts.Directory;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using ServiceDefaults.SignIn;

namespace ServiceDefaults.Messaging;

/// <summary>The one audit trail (DIR-9) is Directory's; an act elsewhere goes there with the save that does it.</summary>
public static class Audit
{
    /// <param name="db">Of the handler, which saves.</param>
    /// <param name="http">Who acts, from where.</param>
    /// <param name="act">Name of the operation.</param>
    /// <param name="subject">Kind and id of what is changed.</param>
    /// <param name="reason">As the person gave it.</param>
    /// <param name="details">What else is to be known; nothing personal.</param>
    public static void WriteToAuditTrail(this DbContext db, HttpContext http, string act, (string Kind, Guid Id) subject, string? reason = null, string? details = null) =>
        db.Publish(subject.Id, http.User.Actor, new WriteToAuditTrail
        {
            Act = act,
            Actor = http.User.Actor,
            FromAddress = http.Connection.RemoteIpAddress?.ToString(),
            SubjectKind = subject.Kind,
            SubjectId = subject.Id,
            At = db.GetService<TimeProvider>().GetUtcNow(),
            Reason = reason,
            Details = details,
        });
}
