"""`aws <service> <operation> --options` on stdin, a line each → what the API does not know of them, a line each."""
import sys

import botocore.session
from botocore import xform_name

session = botocore.session.get_session()
SERVICES = {'s3api': 's3'}


def check(line):
    service, operation, *options = line.split()
    client = session.get_service_model({'stepfunctions': 'stepfunctions', **SERVICES}.get(service, service))
    names = {xform_name(name, '-'): name for name in client.operation_names}
    if operation not in names:
        return f'{service} has no {operation}'
    shape = client.operation_model(names[operation]).input_shape
    members = {xform_name(name, '-') for name in shape.members} if shape else set()
    required = {xform_name(name, '-') for name in (shape.required_members if shape else [])}
    unknown = [option for option in options if option not in members]
    missing = sorted(required - set(options))
    return '; '.join([f'{line}: no {option}' for option in unknown] + [f'{line}: needs {name}' for name in missing])


for each in sys.stdin.read().splitlines():
    problem = check(each)
    if problem:
        print(problem)
