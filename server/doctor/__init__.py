"""`proofroom doctor`: looks at every part of a deployment and names the cure of what is wrong."""
