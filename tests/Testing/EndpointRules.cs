using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Testing;

/// <summary>What holds for every endpoint of every service.</summary>
public static class EndpointRules
{
    /// <summary>Each endpoint names a policy, or says that everybody may; and never both.</summary>
    public static void ShouldDenyByDefault(IServiceProvider service)
    {
        foreach (var endpoint in service.GetRequiredService<EndpointDataSource>().Endpoints)
        {
            var isOpen = endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null;
            var policies = endpoint.Metadata.GetOrderedMetadata<IAuthorizeData>();
            (isOpen || policies.Any(data => data.Policy is not null)).ShouldBeTrue(endpoint.DisplayName);
            (isOpen && policies.Count > 0).ShouldBeFalse(endpoint.DisplayName);
        }
    }
}
